import Testing

@testable import Tensor
@testable import VAEModel

@Suite("Rules of output")
struct OutputRuleTests {
  @Test(
    "What is no number becomes the upper bound, and all else stays within bounds",
    arguments: Kernels.available)
  func bounds(variant: String) throws {
    let kernels = try Kernels(environment: ["VAEC_KERNELS": variant])
    for (lowest, highest) in [(-2, 3), (-Float.infinity, Float.infinity)] as [(Float, Float)] {
      var model = Model(zeros: 3)
      model.output = OutputRule(lowest: lowest, highest: highest)
      var samples = [Float](repeating: 0, count: 3)
      samples.withUnsafeMutableBufferPointer {
        model.finish(
          Matrix(rows: 1, columns: 3, [.nan, -100, 1]), rows: 1, wide: nil, into: $0, kernels)
      }
      #expect(samples == [highest, max(lowest, -100), 1])
    }
  }
}
