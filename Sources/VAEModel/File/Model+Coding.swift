import ByteIO
import Tensor

// The content of a model file in two parts: one for decoders, and an additional one for encoders. man/vaec.5 specifies
// both byte by byte.

extension Model {
  /// The maximum number of linear layers. Together with those of the value layer, their levels must fit a byte.
  private static let maximumLayers = 2
  /// The number of qualities of a model that has any.
  package static let qualityCount = 101

  /// The part for decoders.
  package func encodeDecoder() -> [UInt8] {
    var w = ModelWriter()
    w.bytes.append(count: values)
    w.bytes.append(scale)
    for mean in means { w.bytes.append(mean) }
    w.bytes.append(output.lowest)
    w.bytes.append(output.highest)
    w.bytes.append(UInt8(output.isInteger ? 1 : 0) | scales.kind.rawValue << 1)
    scales.write(to: &w.bytes)
    w.bytes.append(count: inputProjection?.stored.rows ?? 0)
    if let inputProjection { w.append(inputProjection.stored) }
    if let network { network.writeDecoder(to: &w) } else { w.bytes.append(count: 0) }
    w.bytes.append(UInt8(baseline == nil ? 0 : 1))
    baseline?.write(to: &w, after: nil)
    w.bytes.append(count: layers.count)
    for layer in layers { layer.write(to: &w, after: baseline) }
    w.bytes.append(UInt8(valueLayer == nil ? 0 : 1))
    valueLayer?.write(to: &w.bytes)
    w.bytes.append(count: qualities.count)
    for point in qualities { point.write(to: &w.bytes) }
    return w.finish()
  }

  /// The additional part for encoders: the encoder network, and the metadata.
  package func encodeEncoder() -> [UInt8] {
    var w = ModelWriter()
    network?.writeEncoder(to: &w)
    w.bytes.append(notes)
    return w.finish()
  }

  /// The number of rows for which working memory must be available when a model is read.
  private static let workingRows = 128

  /// Parses a model.
  ///
  /// - Parameters:
  ///   - decoder: the output of ``encodeDecoder()``.
  ///   - encoder: the output of ``encodeEncoder()``; nil for a model that only decodes.
  ///   - memory: the limit for the model and for work with it on a block of rows.
  package init(
    decoder: [UInt8], encoder: [UInt8]?, kernels: Kernels, memory: MemoryLimit = .standard
  ) throws(ModelFileError) {
    var r = try ModelReader(decoder, kernels: kernels, memory: memory)
    let values = try r.count(1...Model.maximumValues, "values")
    scale = try r.float()
    guard scale.isFinite, scale > 0 else { throw .damaged("its scale is impossible") }
    means = try r.floats(values)
    let (lowest, highest) = (try r.float(), try r.float())
    guard lowest <= highest, !means.contains(where: { !$0.isFinite }) else {
      throw .damaged("its means or bounds are impossible")
    }
    let flags = try r.byte()
    output = OutputRule(lowest: lowest, highest: highest, isInteger: flags & 1 == 1)
    scales = try ValueScales(from: &r.bytes, kind: flags >> 1, values: values)
    guard scales.isIdentity || output == OutputRule() else { throw .damaged("it has bounds twice") }
    let components = try r.count(0...values, "components of the front basis")
    if components > 0 {
      let shape = WeightShape(inputs: components, outputs: values)
      try r.admit(shape, andTranspose: true)
      inputProjection = InputProjection(try r.matrix(shape), kernels: kernels)
    }
    let width = components == 0 ? values : components
    network = try Network(
      decoder: &r, values: width, standardizing: components == 0 ? (means, scale) : nil)
    baseline = try r.flag() ? try KLTLayer(from: &r, width: width, after: nil) : nil
    layers = []
    for _ in 0..<(try r.count(0...Self.maximumLayers, "layers")) {
      layers.append(try KLTLayer(from: &r, width: width, after: baseline))
    }
    valueLayer = try r.flag() ? try ValueLayer(from: &r, values: values) : nil
    qualities = []
    notes = []
    let count = try r.count(0...Self.qualityCount, "qualities")
    guard count == 0 || count == Self.qualityCount else { throw .damaged("it has \(count) qualities") }
    for _ in 0..<count {
      let point = try OperatingPoint(from: &r.bytes)
      guard accepts(point) else { throw .damaged("a quality asks for what the model does not have") }
      qualities.append(point)
    }
    try r.finish()
    try r.admit(workingBytes(rows: Self.workingRows))
    guard let encoder else { return }
    var e = try ModelReader(encoder, kernels: kernels, memory: memory)
    try network?.readEncoder(&e)
    notes = Array(try reading { () throws(ByteReader.Failure) in try e.bytes.take(e.bytes.remaining) })
    try e.finish()
  }
}
