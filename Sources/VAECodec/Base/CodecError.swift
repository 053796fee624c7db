import ByteIO
import Container
import EntropyCoding
import Records
import VAEModel

/// The errors of fitting, encoding and decoding.
///
/// `name` is the file as the user gave it. Rows and columns count from 1 unless stated otherwise. ``description``
/// states what is wrong and where.
package enum CodecError: Error, Equatable {
  /// Samples could not be read or written.
  case samples(SampleIOError)
  /// Bytes could not be read or written.
  case bytes(ByteIOError, name: String)
  /// A `.vaec` stream is damaged or cut off, or the file is not a stream.
  case stream(StreamError, name: String)
  /// A chunk of a stream is damaged: its number, from 1.
  case chunk(ChunkError, name: String, chunk: Int)
  /// A file is not a model: what it looks like.
  case notAModel(name: String, looksLike: String)
  /// This program cannot read the model's version.
  case unknownModelVersion(name: String, version: Int)
  /// A model is damaged.
  case damagedModel(name: String, reason: String)
  /// The bytes just written cannot be read back: the reason.
  case notReadBack(name: String, reason: String)
  /// A file to append to has damage: only its first `whole` bytes are complete streams.
  case notWhole(name: String, whole: Int)
  /// Nothing in the file can be decoded: the damage.
  case nothingLeft(name: String, damage: StreamDamage)
  /// Decoding needs more operations than the limit allows for a file of its size.
  case work(name: String, needs: Int, limit: WorkLimit)
  /// A stream's header holds what no encoder writes.
  case badHeader(name: String, reason: String)
  /// A stream was made with another model: the fingerprint that it needs, and that of the model given.
  case wrongModel(name: String, needs: String, given: String)
  /// A stream needs a model, and none was given: the fingerprint that it needs.
  case needsModel(name: String, needs: String)
  /// The samples have no such column.
  case noSuchColumn(name: String, column: String, columns: Int)
  /// The shape of the samples differs from the model's.
  case shapeMismatch(name: String, found: [Int], expected: [Int])
  /// The model has no network, and thus no latents.
  case noLatents(name: String)
  /// The model has no record of the rows that its fit held out.
  case noCalibration(name: String)
  /// More latents were requested or given than the model has.
  case fewerLatents(name: String, asked: Int, most: Int)
  /// A latent is not a finite number.
  case badLatent(name: String, row: Int, column: Int)
  /// The model has no mixture to draw latents from.
  case noMixture(name: String)
  /// There are too few samples to compare new ones with.
  case tooFewToCompare(name: String, rows: Int)
  /// One row is needed; the file has several, and none was selected.
  case severalRows(name: String)
  /// The selected row does not exist. `row` counts from 0, or from the end if it is negative.
  case noSuchRow(name: String, row: Int, rows: Int)
  /// A value has a fraction, but the model was fitted on integers.
  case notAnInteger(name: String, row: Int, column: Int)
  /// The data have no rows.
  case noRows(name: String)
  /// No quality reaches the target; `nearest` is the closest value that one reaches, in the target's unit.
  case targetOutOfReach(name: String, asked: EncodeTarget, nearest: Double)
  /// A target in bytes needs the number of rows, which is unknown for samples that can be read only once.
  case sizeNeedsRows(name: String)
  /// The length of an array is unknown for samples that can be read only once, so that it cannot be cut.
  case layoutNeedsRows(name: String)
  /// An array to be cut into samples has text beside its numbers.
  case cutsText(name: String)
  /// A part of an array is asked for that it does not have: the reason.
  case noSlice(name: String, reason: String)
  /// A bound relative to the value range needs samples that can be read more than once.
  case rangeNeedsFile(name: String)
  /// The samples changed between two passes over them.
  case changedWhileRead(name: String)
  /// Files to be fitted together have different sample shapes.
  case mixedShapes(name: String, found: [Int], expected: [Int])
  /// A column's name differs from that in the samples that these are appended to.
  case renamedColumn(name: String, RenamedColumn)
  /// A stream's column names differ from those of the preceding streams, which have `rows` rows in total.
  case renamedInStream(name: String, RenamedColumn, rows: Int)
  /// Fitting is impossible.
  case fit(FitError, name: String)
  /// The environment variable VAEC_KERNELS names no variant that this processor can run.
  case noSuchKernels(String, available: [String])
}

extension CodecError {
  /// The error of a chunk; one about memory becomes an error of the file.
  init(_ error: ChunkError, name: String, chunk: Int) {
    if case .frame(let error) = error, error.asksForMore {
      self = .bytes(error, name: name)
    } else {
      self = .chunk(error, name: name, chunk: chunk)
    }
  }

  /// Whether a larger memory limit would help.
  public var asksForMore: Bool {
    switch self {
    case .work: true
    case .samples(let error): error.asksForMore
    case .bytes(let error, _), .stream(.bytes(let error), _): error.asksForMore
    case .chunk(let error, _, _): error.asksForMore
    default: false
    }
  }
}
