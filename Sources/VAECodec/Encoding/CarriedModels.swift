import Tensor
import VAEModel

/// The models that a file may carry: for each operating point, the part of a model that it uses. Kept, because searches come
/// back to a point.
final class CarriedModels {
  /// A model of what one operating point uses, and the point in its terms.
  typealias Served = (file: ModelFile, point: OperatingPoint)

  /// Rows of the file; nil where they are many or not known.
  private let rows: Int?
  private var kept: [(point: OperatingPoint, served: Served)] = []

  /// - Parameter rows: of the file; nil to keep to the model's precision.
  init(rows: Int?) { self.rows = rows }

  /// The part of a model that a point uses.
  func serving(_ coding: (model: Model, point: OperatingPoint), kernels: Kernels) -> Served {
    if let found = kept.first(where: { $0.point == coding.point }) { return found.served }
    let (model, point) = coding.model.serving(coding.point, rows: rows, kernels: kernels)
    let served = (ModelFile(model, carried: true), point)
    kept.append((coding.point, served))
    return served
  }
}
