import Tensor
import VAEModel

/// Quantizes the weights of a trained network to the few bits that a model file stores, and leaves out unused latents.
struct NetworkStorage {
  let kernels: Kernels
  let workers: Workers
  /// The standardized held-out rows that the loss is measured on.
  let held: Matrix
  let bounds: (low: FloatBuffer, high: FloatBuffer)?
  /// The number of samples whose codes count together with the network's bytes.
  let samples: Int
  /// Whether the encoder's bytes do not count.
  let isCarried: Bool

  /// The finenesses tried for all matrices, finest first, and those for each: a step of 2^-fineness of a matrix's root
  /// mean square.
  private static let (finenesses, range) = ([7, 6, 5, 4, 3, 2], 0...9)
  /// Matrices with more bits than this share of all are tried for themselves.
  private static let tried = 0.004

  /// The network in the number of bits that minimizes the total with the codes of ``samples`` samples.
  func store(_ parameters: Parameters, inverseDeviation: [Float], qualities: LambdaRange) -> Model.Network {
    func validation(_ parameters: Parameters) -> ValidationLoss {
      ValidationLoss(
        held, parameters, inverseDeviation: inverseDeviation, bounds: bounds, qualities: qualities,
        kernels: kernels, workers: workers)
    }
    let powers = validation(parameters).inputPowers()
    var least: Double?
    func candidate(_ finenesses: [Int]) -> Candidate {
      let network = Model.Network(
        parameters.architecture,
        stored: Self.rounded(
          parameters, inverseDeviation: inverseDeviation, finest: qualities.step(1), finenesses: finenesses,
          powers: powers),
        inverseDeviation: inverseDeviation, qualities: qualities)
      let measured = validation(network.parameters).measure()
      if least == nil { least = measured.loss }
      // A rise of the loss is equivalent to a rise of the rate at equal error.
      let rise = measured.loss - (least ?? measured.loss)
      let codes = Double(samples) * measured.bits / 8 * exponential(min(50, rise))
      let counted = isCarried ? network.storedDecoder : network.stored[...]
      return Candidate(
        network: network, finenesses: finenesses,
        cost: counted.reduce(codes) { $0 + $1.entropy / 8 })
    }
    let count = parameters.architecture.entries.count
    var best = candidate([Int](repeating: Self.finenesses[0], count: count))
    for fineness in Self.finenesses.dropFirst() {
      let next = candidate([Int](repeating: fineness, count: count))
      guard next.cost < best.cost else { break }
      best = next
    }
    let bits = best.network.stored.map(\.entropy)
    let all = bits.reduce(0, +)
    for place in bits.indices.sorted(by: { (bits[$0], $1) > (bits[$1], $0) })
    where bits[place] > Self.tried * all {
      for direction in [-1, 1] {
        let before = best.cost
        while true {
          var finenesses = best.finenesses
          finenesses[place] += direction
          guard Self.range.contains(finenesses[place]) else { break }
          let next = candidate(finenesses)
          guard next.cost < best.cost else { break }
          best = next
        }
        if best.cost < before { break }
      }
    }
    return best.network
  }

  /// A network in some bits.
  private struct Candidate {
    let network: Model.Network
    /// One per matrix.
    let finenesses: [Int]
    /// The bytes of the network and of the codes of ``NetworkStorage/samples``.
    let cost: Double
  }

  /// The matrices of a network in steps of 2^-fineness of their root mean square.
  ///
  /// - Parameters:
  ///   - finest: the step of latents at the finest VAE quality.
  ///   - finenesses: one per matrix.
  ///   - powers: see ``ValidationLoss/inputPowers()``.
  static func rounded(
    _ parameters: Parameters, inverseDeviation: [Float], finest: Float, finenesses: [Int],
    powers: [Int: [Double]] = [:]
  ) -> [StoredMatrix] {
    let a = parameters.architecture
    // Gains must fit one another; an error of a prior costs bits alone, by its square.
    let gains = [a.encoder.gain.offset, a.decoder.gain.offset]
    return zip(a.entries, finenesses).map { entry, fineness -> StoredMatrix in
      let weights = parameters.stored(entry)
      defer { withExtendedLifetime(weights) {} }
      let (pointer, shape) = (UnsafePointer(weights.buffer.pointer), weights.shape)
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
        ? max(size, 1e-3) * 0x1p-9 : max(size, entry == a.prior ? 1e-3 : 1e-12) * part
      let octaves = powers[entry.offset].flatMap { Self.octaves($0, columns: shape.outputs) } ?? [0]
      return StoredMatrix(pointer, shape, steps: octaves.map { step * Float(power(2, Double($0))) })
    }
  }

  /// Steps of a weight whose input is small are larger: then errors of all weights weigh the same, which takes the
  /// fewest bits. A step of its own takes a row about so many bits.
  private static let (bitsOfStep, mostOctaves) = (12, 12.0)

  /// The logarithms of the rows' steps, relative to a common one that makes as large an error; nil if they save nothing.
  ///
  /// - Parameter powers: the mean square of each input.
  private static func octaves(_ powers: [Double], columns: Int) -> [Int]? {
    let mean = powers.reduce(0, +) / Double(powers.count)
    guard mean > 0, mean.isFinite else { return nil }
    let octaves = powers.map { own -> Int in
      let relative = max(own / mean, power(2, -2 * mostOctaves))
      return Int((-0.5 * logarithm(relative) / logarithm(2)).rounded())
    }
    return octaves.reduce(0, +) * columns > bitsOfStep * octaves.count ? octaves : nil
  }
}

extension Model.Network {
  /// The same network with only the latents `kept`, in that order; the others must always be 0.
  func keeping(_ kept: [Int]) -> Model.Network {
    let a = parameters.architecture
    let smaller = Architecture(
      values: a.values, latents: kept.count, hidden: a.hidden, anchors: a.anchors, activation: a.activation,
      grid: a.grid)
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
