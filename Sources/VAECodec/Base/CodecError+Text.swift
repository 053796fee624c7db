import ByteIO
import Container
import EntropyCoding
import VAEModel

extension CodecError: CustomStringConvertible {
  /// What is wrong, and where.
  public var description: String {
    switch self {
    case .samples(let error): "\(error)"
    case .bytes(let error, let name): Self.text(error, name)
    case .stream(let error, let name): Self.text(error, name)
    case .chunk(let error, let name, let chunk): "\(name): chunk \(chunk) \(Self.text(error))"
    case .notAModel(let name, let kind): "\(name): not a vaec model (it looks like \(kind))"
    case .unknownModelVersion(let name, let version):
      "\(name): model version \(version), but this program reads version \(ModelFile.version)"
    case .damagedModel(let name, let reason): "\(name): damaged model (\(reason))"
    case .notReadBack(let name, let reason):
      "\(name): cannot be read back (\(reason)): a bug in vaec or a disk error; nothing was written"
    case .notWhole(let name, let whole): "\(name): damaged or cut off after byte \(whole)"
    case .nothingLeft(let name, let damage): "\(name): \(damage)"
    case .work(let name, let needs, let limit):
      "\(name): decoding it takes \(Self.trillions(needs)) operations, more than the limit of "
        + "\(Self.trillions(limit.operations)) for a file of its size"
    case .badHeader(let name, let reason): "\(name): damaged stream header (\(reason))"
    case .wrongModel(let name, let needs, let given):
      "\(name): encoded with model \(needs), but the given model is \(given)"
    case .needsModel(let name, let needs): "\(name): encoded with model \(needs)"
    case .shapeMismatch(let name, let found, let expected):
      "\(name): samples of shape \(Self.shape(found)), but the model is for \(Self.shape(expected))"
    case .noSuchColumn(let name, let column, let columns):
      "\(name): no column \(column) among its \(columns == 1 ? "1 column" : "\(columns) columns")"
    case .noCalibration(let name):
      "\(name): the model has no calibration, the record of what held-out rows cost"
    case .noLatents(let name): "\(name): the model has no latents, because its data need no network"
    case .fewerLatents(let name, let asked, let most): "\(name): \(asked) latents, but the model has \(most)"
    case .badLatent(let name, let row, let column):
      "\(name): the latent in row \(row), column \(column) is not finite"
    case .noMixture(let name):
      "\(name): the model has no mixture of latents, because none was closer than the prior"
    case .tooFewToCompare(let name, let rows):
      "\(name): \(rows) samples are too few to compare with new ones; the minimum is 4"
    case .severalRows(let name): "\(name): holds several samples"
    case .noSuchRow(let name, let row, let rows):
      "\(name): has \(rows == 1 ? "1 sample" : "\(rows) samples"), but no row \(row)"
    case .notAnInteger(let name, let row, let column):
      "\(name): row \(row), column \(column) is not an integer, but the model was fitted on integers"
    case .noRows(let name): "\(name): has no samples"
    case .targetOutOfReach(let name, let asked, _): "\(name): \(Self.text(asked))"
    case .sizeNeedsRows(let name):
      "\(name): the number of samples is unknown until the end of the input, so no quality can be chosen for a size"
    case .layoutNeedsRows(let name):
      "\(name): the length of the array is unknown until the end of the input, so that it cannot be cut into samples"
    case .cutsText(let name): "\(name): has text beside its numbers, which a layout cannot keep"
    case .noSlice(let name, let reason): "\(name): \(reason)"
    case .rangeNeedsFile(let name): "\(name): the range of the values is unknown until the end of the input"
    case .changedWhileRead(let name): "\(name): changed while it was read"
    case .mixedShapes(let name, let found, let expected):
      "\(name): samples of shape \(Self.shape(found)) or another type follow samples of shape "
        + Self.shape(expected)
    case .renamedColumn(let name, let column): "\(name): \(column)"
    case .renamedInStream(let name, let column, let rows): "\(name): row \(rows): \(column)"
    case .fit(let error, let name): "\(name): \(Self.text(error))"
    case .noSuchKernels(let name, let available):
      "VAEC_KERNELS is \"\(name)\", but this processor supports \(available.joined(separator: ", "))"
    }
  }

  private static func shape(_ shape: [Int]) -> String {
    shape.isEmpty ? "1 value" : shape.map(String.init).joined(separator: " x ")
  }

  /// Why the target `asked` is out of reach.
  private static func text(_ asked: EncodeTarget) -> String {
    switch asked {
    case .quality: "no quality is out of reach"
    case .psnr(let asked): "no quality of the model reaches \(asked) dB"
    case .bitsPerSample(let asked): "no quality of the model fits in \(asked) bits per sample"
    case .bytes(let asked): "no quality of the model fits in \(asked) bytes"
    }
  }

  private static func text(_ error: ByteIOError, _ name: String) -> String {
    switch error {
    case .system, .exists: "\(error)"
    default: "\(name): \(error.problem)"
    }
  }

  private static func text(_ error: StreamError, _ name: String) -> String {
    switch error {
    case .bytes(let error): return text(error, name)
    case .notAVaecFile(let likeness):
      let kind =
        switch likeness {
        case .empty: FileKind.empty
        case .zstd: FileKind.zstd
        case .gzip: FileKind.gzip
        case .npy: FileKind.npy
        case .other(let prefix): FileKind(of: prefix[...])
        }
      return "\(name): not a vaec stream (it looks like \(kind.text))"
    case .unsupportedVersion(let version):
      return "\(name): stream version \(version) is newer than this program"
    case .unsupportedFlags: return "\(name): the stream has features newer than this program"
    case .damagedHeader: return "\(name): damaged stream header"
    case .truncated(let chunks): return "\(name): cut off after \(chunks) whole chunks"
    case .damagedChunk(let index): return "\(name): chunk \(index + 1) is damaged"
    case .oversize(let bytes, let limit):
      return "\(name): a part has \(bytes) bytes; the limit is \(limit)"
    case .tooManyChunks(let limit): return "\(name): more than \(limit) chunks, the maximum of a stream"
    case .missingSeekTable: return "\(name): the seek table at its end is missing"
    case .damagedSeekTable: return "\(name): damaged seek table"
    case .trailingBytes(let offset): return "\(name): the bytes from \(offset) on are not part of a stream"
    }
  }

  private static func text(_ error: ChunkError) -> String {
    switch error {
    case .frame(let error): "is damaged (\(error.problem))"
    case .rows(let rows, let limit): "has \(rows) rows; expected 1 to \(limit)"
    case .corrupt: "is damaged"
    case .otherRows: "decodes to other rows than were encoded (their checksum differs)"
    }
  }

  /// A number of operations in trillions, rounded up.
  private static func trillions(_ operations: Int) -> String {
    "\(operations / 1_000_000_000_000 + (operations % 1_000_000_000_000 > 0 ? 1 : 0)) trillion"
  }

  private static func text(_ error: FitError) -> String {
    switch error {
    case .tooFewRows(let rows, let least):
      "\(rows) samples are too few to fit a model; the minimum is \(least)"
    case .tooFine(let deviation):
      "values differ from their means by about \(deviation.significant(2)), too little for a model in binary32"
    case .tooManyValues(let values, let most):
      "samples of \(values) values are too large for a model; the maximum is \(most)"
    case .networkTooLarge(let numbers, let most):
      "a network of \(numbers) numbers is too large for a model; the maximum is \(most)"
    case .notProbabilities(let lowest, let highest):
      "the Bernoulli likelihood needs values from 0 to 1 or nonnegative integers; these range from \(lowest) to \(highest)"
    case .diverged: "training diverged: the bound is not finite"
    case .interrupted: "the fit was interrupted before it had learned anything; nothing is written"
    case .suspended(let fraction): "the fit stopped at \(Int(100 * min(1, max(0, fraction)))) %"
    case .checkpoint(let error): text(error)
    case .badOption(let name): "the value of \(name) is invalid"
    case .tooManyLatents(let latents, let most):
      "\(latents) latents exceed the \(most) values of a sample"
    }
  }

  private static func text(_ error: CheckpointError) -> String {
    switch error {
    case .bytes(.corrupt), .notACheckpoint: "not a checkpoint, or damaged"
    case .bytes(let error): "\(error.problem)"
    case .otherVersion: "a checkpoint of another version of vaec"
    case .otherOption(let name, "", _): "made without \(name)"
    case .otherOption(let name, let made, ""): "made with \(name) \(made)"
    case .otherOption(let name, let made, let given): "made with \(name) \(made), but this fit has \(given)"
    case .otherData: "made with other data or another memory limit"
    case .damaged: "damaged checkpoint"
    }
  }
}
