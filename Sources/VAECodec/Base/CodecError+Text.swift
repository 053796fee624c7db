import ByteIO
import Container
import EntropyCoding
import VAEModel

extension CodecError: CustomStringConvertible {
  /// What is wrong, where, and what to do.
  public var description: String {
    switch self {
    case .samples(let error): "\(error)"
    case .bytes(let error, let name): Self.text(error, name)
    case .stream(let error, let name): Self.text(error, name)
    case .chunk(let error, let name, let chunk): "\(name): chunk \(chunk) \(Self.text(error))"
    case .notAModel(let name, let kind):
      "\(name): not a vaec model (it looks like \(kind)); `vaec fit DATA -o MODEL.vae` makes one"
    case .newerModel(let name, let version):
      "\(name): a model of version \(version), which is newer than this program; update vaec"
    case .damagedModel(let name, let reason): "\(name): damaged model (\(reason)); get a fresh copy"
    case .notReadBack(let name, let reason):
      "\(name): cannot be read back (\(reason)); this is a defect of vaec or of the disk, and nothing was written"
    case .notWhole(let name, let whole):
      "\(name): damaged, or cut off, after byte \(whole); `truncate -s \(whole)` leaves the whole streams before that"
    case .nothingLeft(let name, let damage): "\(name): \(damage)"
    case .badHeader(let name, let reason): "\(name): damaged stream header (\(reason)); get a fresh copy"
    case .wrongModel(let name, let needs, let given):
      "\(name): encoded with model \(needs), but the model given is \(given); pass the right one with -m"
    case .needsModel(let name, let needs):
      "\(name): encoded with model \(needs); pass that model with -m"
    case .shapeMismatch(let name, let found, let expected):
      "\(name): samples of shape \(Self.shape(found)), but the model is for \(Self.shape(expected)); "
        + "fit a model on such samples"
    case .noLatents(let name):
      "\(name): the model has no latents, because its data need no network; fit a model on other data"
    case .fewerLatents(let name, let asked, let most):
      "\(name): \(asked) latents, but the model has \(most); take as many or fewer"
    case .badLatent(let name, let row, let column):
      "\(name): the latent in row \(row), column \(column) is no finite number; correct it, or remove the row"
    case .noMixture(let name):
      "\(name): the model has no mixture of latents, because none was closer to them than the prior; "
        + "pass --sampler prior"
    case .tooFewToCompare(let name, let rows):
      "\(name): \(rows) samples are too few to compare new ones with; 4 are the least; take more of them"
    case .severalRows(let name): "\(name): holds several samples; pick one of them with --row"
    case .noSuchRow(let name, let row, let rows):
      "\(name): has \(rows == 1 ? "1 sample" : "\(rows) samples"), and no row \(row); rows count from 0, and from -1 for the last"
    case .notAnInteger(let name, let row, let column):
      "\(name): row \(row), column \(column) is not an integer, but the model was fitted on integers; "
        + "fit a model on data of this type"
    case .noRows(let name): "\(name): has no samples; name a file that has some"
    case .targetOutOfReach(let name, let asked, let nearest): "\(name): \(Self.text(asked, nearest: nearest))"
    case .sizeNeedsRows(let name):
      "\(name): how many samples there are shows only at their end, so that no quality can be found for a size; "
        + "name a file instead, or pass --bits"
    case .rangeNeedsFile(let name):
      "\(name): the range of all values shows only at their end; name a file instead, or give a bound without %"
    case .changedWhileRead(let name): "\(name): changed while it was read; encode it again"
    case .mixedShapes(let name, let found, let expected):
      "\(name): samples of shape \(Self.shape(found)) or another type follow samples of shape "
        + "\(Self.shape(expected)); handle them apart"
    case .renamedColumn(let name, let column):
      "\(name): \(column); give all files the same columns in the same order"
    case .renamedInStream(let name, let column, let rows):
      "\(name): row \(rows): \(column); decode them apart: --rows :\(rows), and --rows \(rows): for the rest"
    case .fit(let error, let name): "\(name): \(Self.text(error))"
    case .noSuchKernels(let name, let available):
      "VAEC_KERNELS is \"\(name)\", but this processor runs others; unset it, or take \(available.joined(separator: ", "))"
    }
  }

  private static func shape(_ shape: [Int]) -> String {
    shape.isEmpty ? "1 value" : shape.map(String.init).joined(separator: " x ")
  }

  /// Why a target is out of reach. The nearest value is rounded to the side that is within reach.
  private static func text(_ asked: EncodeTarget, nearest: Double) -> String {
    func hundredths(_ value: Double, _ rule: FloatingPointRoundingRule) -> String {
      "\((value * 100).rounded(rule) / 100)"
    }
    switch asked {
    case .quality: return "no quality is out of reach; pass any from 0 to 100"
    case .psnr(let asked):
      return "no quality of the model reaches \(asked) dB; "
        + "pass --psnr \(hundredths(nearest, .down)) or less"
    case .bitsPerSample(let asked):
      return "no quality of the model takes as little as \(asked) bits a sample; "
        + "pass --bits \(hundredths(nearest, .up)) or more"
    case .bytes(let asked):
      return "no quality of the model takes as little as \(asked) bytes; "
        + "pass --size \(Int(min(nearest.rounded(.up), 1e18))) or more"
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
      return "\(name): not a vaec stream (it looks like \(kind.text)); `vaec encode` makes one"
    case .unsupportedVersion(let version):
      return "\(name): a stream of version \(version), which is newer than this program; update vaec"
    case .unsupportedFlags: return "\(name): a stream with features newer than this program; update vaec"
    case .damagedHeader: return "\(name): damaged stream header; get a fresh copy"
    case .truncated(let chunks): return "\(name): cut off after \(chunks) whole chunks; get a fresh copy"
    case .damagedChunk(let index): return "\(name): chunk \(index + 1) is damaged; get a fresh copy"
    case .oversize(let bytes, let limit):
      return "\(name): a part announces \(bytes) bytes, more than the \(limit) allowed; get a fresh copy"
    case .tooManyChunks(let limit):
      return "\(name): more than the \(limit) chunks that a stream holds; put more rows in a chunk"
    case .missingSeekTable:
      return "\(name): cut off at its end, where the seek table should be; get a fresh copy"
    case .damagedSeekTable: return "\(name): damaged seek table; get a fresh copy"
    case .trailingBytes(let offset):
      return "\(name): byte \(offset) on is no part of a stream; cut the file there, or get a fresh copy"
    }
  }

  private static func text(_ error: ChunkError) -> String {
    switch error {
    case .frame(let error): "is damaged (\(error.problem)); get a fresh copy"
    case .rows(let rows, let limit):
      "says that it has \(rows) rows, where 1 to \(limit) can be; get a fresh copy"
    case .corrupt: "is damaged; get a fresh copy"
    }
  }

  private static func text(_ error: FitError) -> String {
    switch error {
    case .tooFewRows(let rows, let least):
      "\(rows) samples are too few to fit a model; \(least) are the least, and `vaec pack` needs none"
    case .tooFine(let deviation):
      "values differ from their means by about \(deviation.significant(2)), too little for a model in binary32; "
        + "multiply them by a power of ten, or encode them without a model"
    case .tooManyValues(let values, let most):
      "samples of \(values) values are too large for a model; \(most) are the most; cut samples into blocks"
    case .networkTooLarge(let numbers, let most):
      "a network of \(numbers) numbers is more than the \(most) that a model holds; pass narrower --hidden layers"
    case .notProbabilities(let lowest, let highest):
      "the Bernoulli likelihood takes values from 0 to 1, or integers from 0 on; these go from \(lowest) to \(highest): "
        + "scale them, or say --likelihood gaussian"
    case .diverged:
      "training has diverged: the bound is no finite number; try a --beta nearer to 1, or look for values that are far off"
    case .suspended(let fraction):
      "the fit rests at \(Int(100 * min(1, max(0, fraction)))) %; go on with --resume"
    case .checkpoint(let error): text(error)
    case .badOption(let name): "the value of \(name) means nothing; see `vaec fit --help`"
    case .tooManyLatents(let latents, let most):
      "\(latents) latents are more than the \(most) values of a sample; pass --latents \(most) or less"
    }
  }

  private static func text(_ error: CheckpointError) -> String {
    switch error {
    case .bytes(.corrupt), .notACheckpoint:
      "not a checkpoint of a fit, or damaged; begin anew without --resume"
    case .bytes(let error): "\(error.problem)"
    case .otherVersion: "a checkpoint of another version of vaec; begin anew without --resume"
    case .otherOption(let name, "", _): "made without --\(name); leave that out"
    case .otherOption(let name, let made, ""): "made with --\(name) \(made); pass that, too"
    case .otherOption(let name, let made, let given):
      "made with --\(name) \(made), and this fit has \(given); pass what it was made with"
    case .otherData:
      "made with other data, or another --memory; pass the files that it was made with, in their order"
    case .damaged: "damaged checkpoint; begin anew without --resume"
    }
  }
}
