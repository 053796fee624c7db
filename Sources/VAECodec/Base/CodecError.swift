import ByteIO
import Container
import EntropyCoding
import Records
import VAEModel

/// What can go wrong while models are fitted and samples are encoded or decoded.
///
/// `name` is the file as the user knows it. Rows and columns count from 1. ``description`` states what is wrong and where.
package enum CodecError: Error, Equatable {
  /// Samples could not be read or written.
  case samples(SampleIOError)
  /// Bytes could not be read or written.
  case bytes(ByteIOError, name: String)
  /// A `.vaec` stream is damaged, cut, or none.
  case stream(StreamError, name: String)
  /// A chunk of a stream is damaged: its number from 1, and the rows in it where they are known.
  case chunk(ChunkError, name: String, chunk: Int)
  /// A file that should be a model is none; what it looks like.
  case notAModel(name: String, looksLike: String)
  /// A model is of a version that this program does not read.
  case unknownModelVersion(name: String, version: Int)
  /// A model is damaged.
  case damagedModel(name: String, reason: String)
  /// What was written cannot be read back: why.
  case notReadBack(name: String, reason: String)
  /// A file is to be added to, and only so many bytes of it are whole streams.
  case notWhole(name: String, whole: Int)
  /// Nothing in a file can be decoded: what is damaged.
  case nothingLeft(name: String, damage: StreamDamage)
  /// Decoding takes more operations than are allowed for a file of its size.
  case work(name: String, needs: Int, limit: WorkLimit)
  /// A stream's header says what no encoder writes.
  case badHeader(name: String, reason: String)
  /// A stream was made with another model: the fingerprint that it needs, and the one given.
  case wrongModel(name: String, needs: String, given: String)
  /// A stream needs a model and none is given.
  case needsModel(name: String, needs: String)
  /// A column was named that samples do not have.
  case noSuchColumn(name: String, column: String, columns: Int)
  /// Samples have another shape than the model's.
  case shapeMismatch(name: String, found: [Int], expected: [Int])
  /// The model has no network, and so no latents.
  case noLatents(name: String)
  /// More latents were asked for, or given, than the model has.
  case fewerLatents(name: String, asked: Int, most: Int)
  /// A latent is no finite number.
  case badLatent(name: String, row: Int, column: Int)
  /// The model has no mixture to draw latents from.
  case noMixture(name: String)
  /// Too few samples to compare new ones with.
  case tooFewToCompare(name: String, rows: Int)
  /// One row is needed, and there are several and none is named.
  case severalRows(name: String)
  /// A row is named, counted from 0, or from the end where it is negative, that is not there.
  case noSuchRow(name: String, row: Int, rows: Int)
  /// A fraction, where the model was fitted to integers.
  case notAnInteger(name: String, row: Int, column: Int)
  /// Data hold no rows.
  case noRows(name: String)
  /// No quality reaches the target; what those nearest to it give, in the target's unit.
  case targetOutOfReach(name: String, asked: EncodeTarget, nearest: Double)
  /// A size is asked for, of samples that can be read once only and whose number is not known.
  case sizeNeedsRows(name: String)
  /// A bound relative to the range of values was asked for, of samples that can be read only once.
  case rangeNeedsFile(name: String)
  /// Samples are not what they were when they were read before.
  case changedWhileRead(name: String)
  /// Files to be fitted together differ in the shape of a sample.
  case mixedShapes(name: String, found: [Int], expected: [Int])
  /// A column has another name than in samples that these are to follow.
  case renamedColumn(name: String, RenamedColumn)
  /// A stream's columns have other names than those of the streams before, which have `rows` rows.
  case renamedInStream(name: String, RenamedColumn, rows: Int)
  /// A fit is not possible.
  case fit(FitError, name: String)
  /// The variable VAEC_KERNELS names no variant that this processor can run.
  case noSuchKernels(String, available: [String])
}

extension CodecError {
  /// An error of a chunk: that of the file, where it is memory that the file asks for.
  init(_ error: ChunkError, name: String, chunk: Int) {
    if case .frame(let error) = error, error.asksForMore {
      self = .bytes(error, name: name)
    } else {
      self = .chunk(error, name: name, chunk: chunk)
    }
  }

  /// Whether more memory would be of help.
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
