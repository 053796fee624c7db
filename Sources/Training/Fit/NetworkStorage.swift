import Tensor
import VAEModel

/// Quantizes the weights of a trained network to the few bits that a model file stores, and leaves out unused latents.
struct NetworkStorage {
  let kernels: Kernels
  let workers: Workers
  /// The standardized held-out rows that the loss is measured on.
  let held: Matrix
  let bounds: (low: FloatBuffer, high: FloatBuffer)?
  /// The number of samples whose codes count together with the network's bytes; nil if only codes count.
  let samples: Int?

  /// The finenesses tried, finest first: a step of 2^-fineness of a matrix's root mean square.
  private static let finenesses = [7, 6, 5, 4, 3, 2]
  /// The accepted mean rise of log(bits + lambda error).
  private static let acceptedLoss = 0.004

  /// The network in as few bits as possible without losing much; or, if the number of samples is known, in the number
  /// of bits that minimizes the total with their codes.
  func store(_ parameters: Parameters, inverseDeviation: [Float], qualities: LambdaRange) -> Model.Network {
    var best: (network: Model.Network, cost: Double)?
    var least = Double.infinity
    for fineness in Self.finenesses {
      let network = rounded(
        parameters, inverseDeviation: inverseDeviation, qualities: qualities, fineness: fineness)
      let measured = ValidationLoss(
        held, network.parameters, inverseDeviation: inverseDeviation, bounds: bounds, qualities: qualities,
        kernels: kernels, workers: workers
      ).measure()
      least = min(least, measured.loss)
      guard let samples else {
        if let best, measured.loss > least + Self.acceptedLoss { return best.network }
        best = (network, measured.loss)
        continue
      }
      // A rise of the loss is equivalent to a rise of the rate at equal error.
      let codes = Double(samples) * measured.bits / 8 * exponential(min(50, measured.loss - least))
      let cost = network.storedDecoder.reduce(codes) { $0 + $1.entropy / 8 }
      if cost < best?.cost ?? .infinity { best = (network, cost) }
    }
    return best?.network
      ?? rounded(parameters, inverseDeviation: inverseDeviation, qualities: qualities, fineness: 7)
  }

  private func rounded(
    _ parameters: Parameters, inverseDeviation: [Float], qualities: LambdaRange, fineness: Int
  ) -> Model.Network {
    Model.Network(
      parameters.architecture,
      stored: Self.rounded(
        parameters, inverseDeviation: inverseDeviation, finest: qualities.step(1), fineness: fineness),
      inverseDeviation: inverseDeviation, qualities: qualities)
  }

  /// The matrices of a network in steps of 2^-`fineness` of their root mean square.
  ///
  /// - Parameter finest: the step of latents at the finest VAE quality.
  static func rounded(
    _ parameters: Parameters, inverseDeviation: [Float], finest: Float, fineness: Int
  ) -> [StoredMatrix] {
    let a = parameters.architecture
    // Gains must fit one another; an error of a prior costs bits alone, by its square.
    let gains = [a.encoder.gain.offset, a.decoder.gain.offset]
    return a.entries.map { entry -> StoredMatrix in
      let pointer = parameters.pointer(entry)
      let shape = entry.shape
      var square = 0.0
      for i in 0..<shape.inputs {
        for j in 0..<shape.outputs {
          square += Double(pointer[shape.index(i, j)]) * Double(pointer[shape.index(i, j)])
        }
      }
      let size = Float((square / Double(shape.inputs * shape.outputs)).squareRoot())
      let part = Float(power(2, Double(-fineness)))
      if entry == a.decoder.linear.weight {
        // Inputs have the scale of their latents' standard deviations. The error must be small compared to the finest
        // step.
        let step = 8 * part * finest / Float(shape.outputs).squareRoot()
        return StoredMatrix(pointer, shape, steps: inverseDeviation.map { $0 * step })
      }
      if entry == a.encoder.linear.weight {
        return StoredMatrix(pointer, shape, steps: [8 * part * finest / Float(shape.inputs).squareRoot()])
      }
      let step =
        gains.contains(entry.offset)
        ? max(size, 1e-3) * 0x1p-9 : entry == a.prior ? max(size, 1e-3) * 0x1p-6 : max(size, 1e-12) * part
      return StoredMatrix(pointer, shape, steps: [step])
    }
  }
}

extension Model.Network {
  /// The same network with only the latents `kept`, in that order; the others must always be 0.
  func keeping(_ kept: [Int]) -> Model.Network {
    let a = parameters.architecture
    let smaller = Architecture(
      values: a.values, latents: kept.count, hidden: a.hidden, anchors: a.anchors, activation: a.activation)
    var prior: [Int] = []
    for kind in 0..<3 {
      for component in 0..<LogisticMixture.components {
        for place in 0..<smaller.latentStride {
          // Padding repeats a latent, but nothing reads it.
          prior.append(
            a.priorColumn(kind: kind, component: component, latent: kept[min(place, kept.count - 1)]))
        }
      }
    }
    let matrices = zip(a.entries, stored).map { entry, matrix -> StoredMatrix in
      switch entry {
      case a.encoder.linear.weight, a.encoder.linear.bias, a.encoder.last, a.encoder.gain, a.decoder.gain:
        return matrix.keeping(columns: kept)
      case a.decoder.linear.weight: return matrix.keeping(rows: kept)
      case a.decoder.hidden[0].weight: return matrix.keeping(rows: kept)
      case a.prior: return matrix.keeping(columns: prior)
      default: return matrix
      }
    }
    return Model.Network(
      smaller, stored: matrices, inverseDeviation: kept.map { inverseDeviation[$0] }, qualities: qualities,
      elbo: elbo?.keeping(kept), logistic: logistic)
  }
}

extension StoredMatrix {
  /// The bits of the codes with an ideal coder and one table.
  var entropy: Double {
    var counts = [Int](repeating: 0, count: 1 << 16)
    for code in codes { counts[Int(UInt16(bitPattern: code))] += 1 }
    let all = Double(max(1, codes.count))
    return counts.reduce(0) { $1 == 0 ? $0 : $0 - Double($1) * logarithm(Double($1) / all) / logarithm(2) }
  }
}
