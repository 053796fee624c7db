import ByteIO
import Tensor

// A mixture in the metadata of a model; man/vaec.5 specifies the format.

extension GaussianMixture {
  /// The maximum number of components; a file with more is invalid.
  private static let maximumComponents = 1 << 12

  /// The size in bytes of a mixture's numbers in a file.
  package static func bytes(latents: Int, components: Int) -> Int {
    2 * components * (1 + latents + triangle(latents))
  }

  /// The mixture in bytes: the number of latents, that of components, and the numbers of each component in 16 bits.
  package func encode() -> [UInt8] {
    var w = ByteWriter()
    w.append(count: latents)
    w.append(count: components.count)
    for component in components {
      for number in [component.weight] + component.mean + component.factor {
        w.append(stored: number.roundedToBFloat16)
      }
    }
    return w.bytes
  }

  /// Parses what ``encode()`` writes; nil for anything else.
  ///
  /// - Parameter most: the number of latents of the model.
  package init?(_ bytes: [UInt8], latents most: Int) {
    var r = ByteReader(bytes)
    do {
      let latents = try r.count()
      let count = try r.count()
      guard latents >= 1, latents <= most, count >= 1, count <= Self.maximumComponents,
        r.remaining == Self.bytes(latents: latents, components: count)
      else { return nil }
      var components: [Component] = []
      for _ in 0..<count {
        func numbers(_ count: Int) throws(ByteReader.Failure) -> [Float] {
          var result: [Float] = []
          for _ in 0..<count { result.append(try r.stored()) }
          return result
        }
        let component = Component(
          weight: try r.stored(), mean: try numbers(latents), factor: try numbers(Self.triangle(latents)))
        guard component.isPossible else { return nil }
        components.append(component)
      }
      self.init(latents: latents, components: components)
    } catch {
      return nil
    }
  }
}

extension GaussianMixture.Component {
  /// Whether all numbers are finite, and the weight and the diagonal positive.
  fileprivate var isPossible: Bool {
    guard weight > 0, weight.isFinite, (mean + factor).allSatisfy(\.isFinite) else { return false }
    return mean.indices.allSatisfy { factor[GaussianMixture.triangle($0 + 1) - 1] > 0 }
  }
}
