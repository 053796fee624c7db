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
    case .newerModel(let name, let version):
      "\(name): a model of version \(version), which is newer than this program"
    case .damagedModel(let name, let reason): "\(name): damaged model (\(reason))"
    case .notReadBack(let name, let reason):
      "\(name): cannot be read back (\(reason)); this is a defect of vaec or of the disk, and nothing was written"
    case .notWhole(let name, let whole): "\(name): damaged, or cut off, after byte \(whole)"
    case .nothingLeft(let name, let damage): "\(name): \(damage)"
    case .badHeader(let name, let reason): "\(name): damaged stream header (\(reason))"
    case .wrongModel(let name, let needs, let given):
      "\(name): encoded with model \(needs), but the model given is \(given)"
    case .needsModel(let name, let needs): "\(name): encoded with model \(needs)"
    case .shapeMismatch(let name, let found, let expected):
      "\(name): samples of shape \(Self.shape(found)), but the model is for \(Self.shape(expected))"
    case .noSuchColumn(let name, let column, let columns):
      "\(name): has no column \(column), but \(columns == 1 ? "1 column" : "\(columns) columns")"
    case .noLatents(let name): "\(name): the model has no latents, because its data need no network"
    case .fewerLatents(let name, let asked, let most): "\(name): \(asked) latents, but the model has \(most)"
    case .badLatent(let name, let row, let column):
      "\(name): the latent in row \(row), column \(column) is no finite number"
    case .noMixture(let name):
      "\(name): the model has no mixture of latents, because none was closer to them than the prior"
    case .tooFewToCompare(let name, let rows):
      "\(name): \(rows) samples are too few to compare new ones with; 4 are the least"
    case .severalRows(let name): "\(name): holds several samples"
    case .noSuchRow(let name, let row, let rows):
      "\(name): has \(rows == 1 ? "1 sample" : "\(rows) samples"), and no row \(row)"
    case .notAnInteger(let name, let row, let column):
      "\(name): row \(row), column \(column) is not an integer, but the model was fitted on integers"
    case .noRows(let name): "\(name): has no samples"
    case .targetOutOfReach(let name, let asked, _): "\(name): \(Self.text(asked))"
    case .sizeNeedsRows(let name):
      "\(name): how many samples there are shows only at their end, so that no quality can be found for a size"
    case .rangeNeedsFile(let name): "\(name): the range of all values shows only at their end"
    case .changedWhileRead(let name): "\(name): changed while it was read"
    case .mixedShapes(let name, let found, let expected):
      "\(name): samples of shape \(Self.shape(found)) or another type follow samples of shape "
        + Self.shape(expected)
    case .renamedColumn(let name, let column): "\(name): \(column)"
    case .renamedInStream(let name, let column, let rows): "\(name): row \(rows): \(column)"
    case .fit(let error, let name): "\(name): \(Self.text(error))"
    case .noSuchKernels(let name, let available):
      "VAEC_KERNELS is \"\(name)\", but this processor runs \(available.joined(separator: ", "))"
    }
  }

  private static func shape(_ shape: [Int]) -> String {
    shape.isEmpty ? "1 value" : shape.map(String.init).joined(separator: " x ")
  }

  /// Why a target is out of reach.
  private static func text(_ asked: EncodeTarget) -> String {
    switch asked {
    case .quality: "no quality is out of reach"
    case .psnr(let asked): "no quality of the model reaches \(asked) dB"
    case .bitsPerSample(let asked): "no quality of the model takes as little as \(asked) bits a sample"
    case .bytes(let asked): "no quality of the model takes as little as \(asked) bytes"
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
      return "\(name): a stream of version \(version), which is newer than this program"
    case .unsupportedFlags: return "\(name): a stream with features newer than this program"
    case .damagedHeader: return "\(name): damaged stream header"
    case .truncated(let chunks): return "\(name): cut off after \(chunks) whole chunks"
    case .damagedChunk(let index): return "\(name): chunk \(index + 1) is damaged"
    case .oversize(let bytes, let limit):
      return "\(name): a part announces \(bytes) bytes, more than the \(limit) allowed"
    case .tooManyChunks(let limit): return "\(name): more than the \(limit) chunks that a stream holds"
    case .missingSeekTable: return "\(name): cut off at its end, where the seek table should be"
    case .damagedSeekTable: return "\(name): damaged seek table"
    case .trailingBytes(let offset): return "\(name): byte \(offset) on is no part of a stream"
    }
  }

  private static func text(_ error: ChunkError) -> String {
    switch error {
    case .frame(let error): "is damaged (\(error.problem))"
    case .rows(let rows, let limit): "says that it has \(rows) rows, where 1 to \(limit) can be"
    case .corrupt: "is damaged"
    }
  }

  private static func text(_ error: FitError) -> String {
    switch error {
    case .tooFewRows(let rows, let least):
      "\(rows) samples are too few to fit a model; \(least) are the least"
    case .tooFine(let deviation):
      "values differ from their means by about \(deviation.significant(2)), too little for a model in binary32"
    case .tooManyValues(let values, let most):
      "samples of \(values) values are too large for a model; \(most) are the most"
    case .networkTooLarge(let numbers, let most):
      "a network of \(numbers) numbers is more than the \(most) that a model holds"
    case .notProbabilities(let lowest, let highest):
      "the Bernoulli likelihood takes values from 0 to 1, or integers from 0 on; these go from \(lowest) to \(highest)"
    case .diverged: "training has diverged: the bound is no finite number"
    case .suspended(let fraction): "the fit rests at \(Int(100 * min(1, max(0, fraction)))) %"
    case .checkpoint(let error): text(error)
    case .badOption(let name): "the value of \(name) means nothing"
    case .tooManyLatents(let latents, let most):
      "\(latents) latents are more than the \(most) values of a sample"
    }
  }

  private static func text(_ error: CheckpointError) -> String {
    switch error {
    case .bytes(.corrupt), .notACheckpoint: "not a checkpoint of a fit, or damaged"
    case .bytes(let error): "\(error.problem)"
    case .otherVersion: "a checkpoint of another version of vaec"
    case .otherOption(let name, "", _): "made without \(name)"
    case .otherOption(let name, let made, ""): "made with \(name) \(made)"
    case .otherOption(let name, let made, let given): "made with \(name) \(made), and this fit has \(given)"
    case .otherData: "made with other data, or another limit of memory"
    case .damaged: "damaged checkpoint"
    }
  }
}
