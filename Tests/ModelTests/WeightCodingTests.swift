import EntropyCoding
import Tensor
import Testing

@testable import VAEModel

@Suite("Codes of weights")
struct WeightCodingTests {
  /// Codes whose size differs by row; a tenth of them far larger.
  private static func codes(_ rows: Int, _ columns: Int, size: Double, seed: UInt64) -> [Int16] {
    var random = RandomSource(seed: seed)
    return (0..<rows * columns).map { place in
      let scale = size * (1 + Double(place / columns % 3)) * (random.index(below: 10) == 0 ? 20 : 1)
      return Int16(max(-32767, min(32767, Double(random.normal()) * scale)))
    }
  }

  private func encoded(_ matrices: [(codes: [Int16], columns: Int)]) -> [UInt8] {
    var (coding, coder) = (WeightCoding(), BitEncoder())
    for var matrix in matrices { _ = coding.code(&matrix.codes, columns: matrix.columns, &coder) }
    return coder.finish()
  }

  @Test("matrices of all sizes come back", arguments: [0, 0.3, 5, 300, 30_000])
  func roundTrip(size: Double) {
    let shapes = [(1, 1), (3, 1), (1, 9), (16, 7), (0, 5), (5, 0), (40, 33)]
    let matrices = shapes.enumerated().map { number, shape in
      (codes: Self.codes(shape.0, shape.1, size: size, seed: UInt64(number)), columns: shape.1)
    }
    let bytes = encoded(matrices)
    var (coding, coder) = (WeightCoding(), BitDecoder(bytes[...]))
    for matrix in matrices {
      var codes = [Int16](repeating: 0, count: matrix.codes.count)
      #expect(coding.code(&codes, columns: matrix.columns, &coder))
      #expect(codes == matrix.codes)
    }
    #expect(coder.isAtEnd)
  }

  @Test("rows of different steps take no more than others, if the step tells their size")
  func rows() {
    var random = RandomSource(seed: 3)
    var (even, uneven) = ([Int16](), [Int16]())
    var steps: [Float] = []
    for row in 0..<400 {
      let octaves = row * 7 % 5
      steps.append(Float(1 << octaves))
      for _ in 0..<64 {
        let weight = random.normal() * 512
        even.append(Int16((weight / 128).rounded()))
        uneven.append(Int16((weight / steps[row]).rounded()))
      }
    }
    func bytes(_ codes: [Int16], _ steps: [Float]) -> Int {
      var (coding, coder, own) = (WeightCoding(), BitEncoder(), codes)
      #expect(coding.code(&own, columns: 64, steps: steps, &coder))
      let bytes = coder.finish()
      var (decoding, decoder) = (WeightCoding(), BitDecoder(bytes[...]))
      var back = [Int16](repeating: 0, count: codes.count)
      #expect(decoding.code(&back, columns: 64, steps: steps, &decoder) && back == codes)
      return bytes.count
    }
    #expect(Double(bytes(uneven, steps)) < 0.98 * Double(bytes(uneven, [1])))
    #expect(bytes(even, [1]) < bytes(uneven, steps))
  }

  @Test("normal weights take little more than their entropy")
  func entropy() {
    var random = RandomSource(seed: 3)
    let codes = (0..<128 * 128).map { _ in Int16((random.normal() * 32).rounded()) }
    // The entropy of a normal distribution is log2(deviation sqrt(2 pi e)).
    let bits = Double(8 * encoded([(codes, 128)]).count) / Double(codes.count)
    #expect(bits > 7.03 && bits < 7.15)
  }

  @Test("a matrix of zeros takes next to nothing, but not less than a reader expects")
  func zeros() {
    let bytes = encoded([([Int16](repeating: 0, count: 1 << 20), 1 << 10)])
    #expect(bytes.count > (1 << 20) / 4096 && bytes.count < (1 << 20) / 2000)
  }

  @Test("whatever the bytes, codes are decoded or refused")
  func noise() {
    var random = RandomSource(seed: 8)
    var refused = 0
    for _ in 0..<50 {
      let bytes = (0..<400).map { _ in UInt8(truncatingIfNeeded: random.next()) }
      var (coding, coder) = (WeightCoding(), BitDecoder(bytes[...]))
      var codes = [Int16](repeating: 0, count: 3000)
      if !coding.code(&codes, columns: 50, &coder) { refused += 1 }
    }
    #expect(refused < 50)
  }
}
