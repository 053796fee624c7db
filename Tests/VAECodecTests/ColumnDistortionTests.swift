import Testing

@testable import VAECodec

@Suite("Distortion of a column")
struct ColumnDistortionTests {
  private func column(_ values: [Double], error: Double) -> ColumnDistortion {
    var column = ColumnDistortion()
    for value in values { _ = column.add(value, error: error) }
    return column
  }

  @Test("values carry the bits that their error leaves, and no more than their grid has")
  func bits() throws {
    // Uniform over 1024 steps of 1/8, with an error as of rounding to 16 of them: 6 bits.
    let steps = (0..<1024).map { Double($0) / 8 }
    let coarse = try #require(column(steps, error: 2 / 12.0.squareRoot()).bits)
    #expect((5.9...6.1).contains(coarse))
    // Without error, the grid is what bounds them.
    let exact = try #require(column(steps, error: 0).bits)
    #expect((9.9...10.1).contains(exact))
    #expect(try #require(column(steps, error: 1e-9).bits) == exact)
    let flags = (0..<1000).map { $0 % 100 == 0 ? 21.6 : 21.61 }
    #expect(try #require(column(flags, error: 1e-12).bits) < 0.1)
    #expect(column([3, 3, 3], error: 0).bits == nil && column([], error: 0).bits == nil)
  }
}
