import ByteIO
import Tensor

@testable import VAEModel

extension Model {
  /// All that a file says of the model.
  var content: [UInt8] { encodeDecoder() + encodeEncoder() }

  /// The model as a reader of its file gets it.
  func readBack() throws -> Model {
    try Model(decoder: encodeDecoder(), encoder: encodeEncoder(), kernels: Kernels())
  }
}
