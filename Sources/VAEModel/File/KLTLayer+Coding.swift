import ByteIO
import Tensor

// A linear layer in a model file.

extension KLTLayer {
  /// Appends the basis, the magnitudes of coefficients, and their densities.
  ///
  /// - Parameter other: a layer before this one in the file, or nil. If the basis consists of its leading components, it
  ///   is not repeated.
  func write(to writer: inout ModelWriter, after other: KLTLayer?) {
    writer.bytes.append(count: components)
    let isShared = other.map { $0.leads(stored) } ?? false
    writer.bytes.append(UInt8(isShared ? 1 : 0))
    if !isShared { writer.append(stored) }
    write(to: &writer.bytes)
  }

  /// Whether a basis consists of the leading components of this layer's.
  private func leads(_ basis: StoredMatrix) -> Bool {
    basis.rows <= components && basis == stored.keeping(rows: Array(0..<basis.rows))
  }

  /// Appends what follows the basis.
  private func write(to w: inout ByteWriter) {
    for magnitude in magnitudes { w.append(stored: magnitude) }
    for density in densities { density.write(to: &w) }
    w.append(count: shapes.count)
    for shape in shapes {
      w.append(count: shape.component)
      shape.density.write(to: &w)
    }
  }

  /// - Parameters:
  ///   - width: the number of values in a residual.
  ///   - other: the layer that may share its basis.
  init(from r: inout ModelReader, width: Int, after other: KLTLayer?) throws(ModelFileError) {
    let shape = WeightShape(inputs: try r.count(1...width, "components of a layer"), outputs: width)
    try r.admit(shape, andTranspose: true)
    let isShared = try r.flag()
    guard !isShared || shape.inputs <= other?.components ?? 0 else {
      throw .damaged("a layer shares the basis of none")
    }
    let shared = isShared ? other?.stored.keeping(rows: Array(0..<shape.inputs)) : nil
    let stored = if let shared { shared } else { try r.matrix(shape) }
    var magnitudes: [Float] = []
    for _ in 0..<shape.inputs {
      let magnitude = try r.stored()
      guard magnitude > 0 else { throw .damaged("a coefficient has an impossible size") }
      magnitudes.append(magnitude)
    }
    var densities: [LogisticMixture] = []
    for _ in 0..<ScaleLevel.count { densities.append(try LogisticMixture(from: &r)) }
    var shapes: [KLTLayer.Shape] = []
    for _ in 0..<(try r.count(0...min(shape.inputs, Self.maximumShapes), "shapes")) {
      let component = try r.count(0...shape.inputs - 1, "component of a shape")
      guard component > shapes.last?.component ?? -1 else { throw .damaged("its shapes are not in order") }
      shapes.append(KLTLayer.Shape(component: component, density: try LogisticMixture(from: &r)))
    }
    self.init(stored, magnitudes: magnitudes, densities: densities, shapes: shapes, kernels: r.kernels)
  }
}

extension LogisticMixture {
  /// Appends the parameters in 16 bits each.
  func write(to w: inout ByteWriter) {
    for value in means + logScales + logits { w.append(stored: value) }
  }

  init(from r: inout ModelReader) throws(ModelFileError) {
    let n = LogisticMixture.components
    var numbers: [Float] = []
    for _ in 0..<3 * n { numbers.append(try r.stored()) }
    self.init(
      means: Array(numbers[0..<n]), logScales: Array(numbers[n..<2 * n]),
      logits: Array(numbers[2 * n..<3 * n]))
  }
}
