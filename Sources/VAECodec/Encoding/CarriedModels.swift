import Tensor
import VAEModel

/// The models that a file may embed: for each operating point, the part of the model that it uses. Results are cached,
/// because searches return to the same points.
final class CarriedModels {
  /// The part of a model that one operating point uses, and the point in terms of that part.
  typealias Served = (file: ModelFile, point: OperatingPoint)

  /// The rows of the file; nil if there are many, or their number is unknown.
  private let rows: Int?
  private var kept: [(point: OperatingPoint, served: Served)] = []

  /// - Parameter rows: the rows of the file; nil to keep the model's precision.
  init(rows: Int?) { self.rows = rows }

  /// The part of the model that the point uses.
  func serving(_ coding: (model: Model, point: OperatingPoint), kernels: Kernels) -> Served {
    if let found = kept.first(where: { $0.point == coding.point }) { return found.served }
    let (model, point) = coding.model.serving(coding.point, rows: rows, kernels: kernels)
    let served = (ModelFile(model, carried: true), point)
    kept.append((coding.point, served))
    return served
  }
}
