import Tensor
import VAEModel

/// The models that a file may carry: for each operating point, the part of a model that it uses. Kept, because searches come
/// back to a point.
final class CarriedModels {
  /// A model of what one operating point uses, and the point in its terms.
  typealias Served = (file: ModelFile, point: OperatingPoint)

  private var kept: [(point: OperatingPoint, served: Served)] = []

  /// The part of a model that a point uses.
  func serving(_ coding: (model: Model, point: OperatingPoint), kernels: Kernels) -> Served {
    if let found = kept.first(where: { $0.point == coding.point }) { return found.served }
    let (model, point) = coding.model.serving(coding.point, kernels: kernels)
    let served = (ModelFile(model, carried: true), point)
    kept.append((coding.point, served))
    return served
  }
}
