import Records

extension NumpyType {
  /// The remedy; nil if there is none. Advice is lossless, except for types without a counterpart.
  var remedy: String? {
    switch kind {
    case "O": "save arrays of one numeric type each"
    case Self.record: "save it with numpy.save"
    case _ where kind.hasPrefix("U") || kind.hasPrefix("S"): "keep it in a separate file"
    case _ where kind.hasPrefix("V"): "save a.view('u1') instead"
    case "f16", "c32", "g": ".astype('f8') keeps 53 of their bits"
    default: nil
    }
  }
}
