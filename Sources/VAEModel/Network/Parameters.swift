import CKernels
import Tensor

/// The numbers of a VAE: what training sets and the model file holds.
package struct Parameters: Sendable {
  /// Their sizes and places.
  package let architecture: Architecture
  package let buffer: FloatBuffer

  /// All zero.
  package init(_ architecture: Architecture) {
    self.architecture = architecture
    buffer = FloatBuffer(count: architecture.count)
  }

  package func pointer(_ entry: Architecture.Entry) -> UnsafeMutablePointer<Float> {
    buffer.pointer + entry.offset
  }

  /// A copy with numbers of its own.
  package func copy() -> Parameters {
    let copy = Parameters(architecture)
    copy.buffer.copy(from: buffer)
    return copy
  }
}
