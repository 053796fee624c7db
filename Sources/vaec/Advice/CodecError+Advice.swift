import VAECodec

extension CodecError: Advised {
  var fact: String {
    switch self {
    case .samples(let error): error.fact
    case .fit(.checkpoint(let error), let name): error.optionFact.map { "\(name): \($0)" } ?? description
    default: description
    }
  }

  var remedy: String? {
    switch self {
    case .samples(let error): error.remedy
    case .bytes(let error, _): error.remedy
    case .stream(let error, _): error.remedy
    case .chunk, .damagedModel, .badHeader: "get a fresh copy"
    case .notAModel: "`vaec fit DATA -o MODEL.vae` makes one"
    case .unknownModelVersion: "fit it again, or use the vaec that wrote it"
    case .notReadBack: nil
    case .notWhole(_, let whole): "`truncate -s \(whole)` keeps the whole streams before it"
    case .nothingLeft(_, let damage): damage.remedy
    case .work(_, let needs, _):
      "if you trust it, allow that with --work \(needs / WorkOption.trillion + 1)"
    case .wrongModel: "pass the right one with -m"
    case .needsModel: "pass it with -m"
    case .shapeMismatch: "fit a model on such samples"
    case .noSuchColumn: "use a name from the header, or a number from 1"
    case .noCalibration: "fit it again with `vaec fit`"
    case .noLatents: "fit a model on other data"
    case .fewerLatents: "pass at most that many"
    case .badLatent: "correct it, or remove the row"
    case .noMixture: "pass --sampler prior"
    case .tooFewToCompare: "pass more of them"
    case .severalRows: "select one with --row"
    case .noSuchRow: "rows count from 0; -1 is the last"
    case .notAnInteger: "fit a model on data of this type"
    case .noRows: "name a file that has some"
    case .targetOutOfReach(_, let asked, let nearest): asked.remedy(nearest)
    case .sizeNeedsRows: "name a file, or pass --bits"
    case .layoutNeedsRows: "name a file"
    case .cutsText: "select columns of numbers with --columns"
    case .noSlice: "give START:STOP for each axis, as in --slice 100:200,0:64"
    case .rangeNeedsFile: "name a file, or give a bound without %"
    case .changedWhileRead: "encode it again"
    case .mixedShapes: "process them separately"
    case .renamedColumn: "give all files the same columns in the same order"
    case .renamedInStream(_, _, let rows):
      "decode them separately: --rows :\(rows), and --rows \(rows): for the rest"
    case .fit(let error, _): error.remedy
    case .noSuchKernels: "unset it, or use one of these"
    }
  }
}

extension EncodeTarget {
  /// The remedy if no quality reaches the target: the nearest value, rounded to the reachable side.
  fileprivate func remedy(_ nearest: Double) -> String {
    func hundredths(_ rule: FloatingPointRoundingRule) -> String { "\((nearest * 100).rounded(rule) / 100)" }
    return switch self {
    case .quality: "pass a number from 0 to 100"
    case .psnr: "pass --psnr \(hundredths(.down)) or less"
    case .bitsPerSample: "pass --bits \(hundredths(.up)) or more"
    case .bytes: "pass --size \(Int(min(nearest.rounded(.up), 1e18))) or more"
    }
  }
}
