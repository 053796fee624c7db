import ByteIO

// An operating point in model files and in the headers of streams.

extension OperatingPoint {
  /// Appends the point: its network part (a flag, quality, step, relative step), the steps of the linear layers, and
  /// the step of the value layer.
  package func write(to w: inout ByteWriter) {
    w.append(UInt8(network == nil ? 0 : 1))
    if let network {
      w.append(network.quality)
      w.append(network.step)
      w.append(network.relativeStep)
    }
    w.append(count: steps.count)
    for step in steps { w.append(step) }
    w.append(valueStep)
  }

  /// Parses a point. ``Model/accepts(_:)`` decides whether a model supports it.
  package init(from r: inout ByteReader) throws(ModelFileError) {
    let flag = try reading { () throws(ByteReader.Failure) in try r.integer(UInt8.self) }
    guard flag <= 1 else { throw .damaged("a flag is neither 0 nor 1") }
    self = try reading { () throws(ByteReader.Failure) in
      var network: Network?
      if flag == 1 {
        network = Network(quality: try r.float(), step: try r.float(), relativeStep: try r.float())
      }
      var steps: [Float] = []
      for _ in 0..<min(try r.count(), r.remaining) { steps.append(try r.float()) }
      return OperatingPoint(network: network, steps: steps, valueStep: try r.float())
    }
  }
}
