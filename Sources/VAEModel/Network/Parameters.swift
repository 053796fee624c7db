import CKernels
import Tensor

/// The parameters of a VAE, which training sets and the model file stores.
package struct Parameters: Sendable {
  /// Their sizes and positions.
  package let architecture: Architecture
  package let buffer: FloatBuffer

  /// All zero.
  package init(_ architecture: Architecture) {
    self.architecture = architecture
    buffer = FloatBuffer(count: architecture.count)
  }

  /// The first number of an entry.
  package func pointer(_ entry: Architecture.Entry) -> UnsafeMutablePointer<Float> {
    buffer.pointer + entry.offset
  }

  /// A deep copy.
  package func copy() -> Parameters {
    let copy = Parameters(architecture)
    copy.buffer.copy(from: buffer)
    return copy
  }

  /// Sets the weights of an entry to those of a stored matrix.
  func set(_ entry: Architecture.Entry, _ matrix: StoredMatrix) {
    guard let sharing = entry.sharing else { return matrix.unpack(into: pointer(entry)) }
    set(entry, sharing) { Float(matrix.codes[$0]) * matrix.step(ofRow: $0 / matrix.columns) }
  }

  /// Sets the weights of an entry that are shared, by their place among the stored ones.
  package func set(
    _ entry: Architecture.Entry, _ sharing: PositionGrid.Sharing, to weight: (_ place: Int) -> Float
  ) {
    let (target, columns) = (pointer(entry), entry.shape.outputs)
    for (i, place) in sharing.places.enumerated() where place >= 0 {
      target[entry.shape.index(i / columns, i % columns)] = weight(Int(place))
    }
  }

  /// The weights of an entry as stored: each shared weight once.
  package func stored(_ entry: Architecture.Entry) -> Weights {
    let result = Weights(entry.storedShape)
    let (source, columns) = (pointer(entry), entry.shape.outputs)
    guard let sharing = entry.sharing else {
      result.buffer.pointer.update(from: source, count: entry.shape.count)
      return result
    }
    let shape = result.shape
    for (i, place) in sharing.places.enumerated() where place >= 0 {
      let place = Int(place)
      result.buffer.pointer[shape.index(place / shape.outputs, place % shape.outputs)] =
        source[entry.shape.index(i / columns, i % columns)]
    }
    return result
  }
}
