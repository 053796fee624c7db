import Tensor

extension Model {
  /// The approximate number of multiply-adds for decoding a sample at `point`.
  package func decodingOperations(at point: OperatingPoint) -> Int {
    func size(_ shape: WeightShape) -> Int { shape.inputs * shape.outputs }
    var sum = values
    if point.network != nil, let network {
      let decoder = network.parameters.architecture.decoder
      sum += size(decoder.linear.weight.shape) + size(decoder.last.shape)
      for layer in decoder.hidden { sum += size(layer.weight.shape) }
    }
    for (layer, _) in coefficientLayers(at: point) { sum += layer.components * layer.values }
    if let inputProjection { sum += size(inputProjection.synthesis.shape) }
    if point.valueStep > 0, let valueLayer {
      sum += valueLayer.predictors.reduce(0) {
        $0 + $1.prediction.count + $1.errors.count + $1.contrasts.count + 1
      }
    }
    return sum + planes(at: point) * Self.operationsOfSymbol
  }

  /// The additional operations for decoding a symbol.
  private static let operationsOfSymbol = 32
}
