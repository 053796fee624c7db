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
}
