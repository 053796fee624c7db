import ByteIO
import EntropyCoding
import Records
import Tensor
import Testing

@testable import VAECodec

@Suite("The order of values on the array's own grid")
struct ArrayOrderTests {
  private static let cuts: [(shape: [Int], rule: LayoutRule)] = [
    ([40], .window(length: 7, step: 7)), ([23, 3], .window(length: 5, step: 5)), ([9, 8], .tile([3, 4])),
    ([10, 11], .tile([4, 4])), ([10, 11, 3], .tile([4, 4])), ([6, 7, 8], .tile([2, 3, 5])),
    ([5, 9, 10], .tile([4, 4])), ([4, 5, 6], .axes([0, 1])), ([4, 5, 6], .axes([2])),
    ([4, 5, 6], .axes([1])),
    ([4, 5, 6, 2], .axes([0, 2])), ([3, 4], .tile([8, 8])),
  ]

  /// An array whose values are the numbers of their places, and its samples.
  private func cut(_ shape: [Int], _ rule: LayoutRule) throws -> (ArrayLayout, SampleBatch) {
    let numbers = (0..<shape.reduce(1, *)).map(Double.init)
    let array = try SampleArray(numbers, shape: Array(shape.dropFirst()), type: .i4)
    let reader = try LayoutReader(array.reader, rule, name: "data", memory: .standard)
    var joined: [Double] = []
    while let batch = try reader.read(maxRows: 1000) { joined += batch.doubles() }
    let layout = try #require(reader.description.array?.layout)
    return (
      layout, SampleBatch(doubles: joined, elementType: .i4, valuesPerSample: layout.valuesPerSample)
    )
  }

  @Test("bands of samples are rows of the array, to the ends of the last blocks", arguments: cuts.indices)
  func rows(place: Int) throws {
    let (shape, rule) = Self.cuts[place]
    let (layout, samples) = try cut(shape, rule)
    let order = try #require(ArrayOrder(layout))
    #expect(order.applies(to: samples.rows))
    let rows = order.rows(of: samples)
    #expect(order.samples(of: rows) == samples)
    #expect(order.array(of: samples.doubles()) == rows.doubles())
    // Places outside hold the nearest value inside.
    let padded = [rows.rows] + order.shape
    for (value, number) in rows.doubles().enumerated() {
      var (rest, nearest, stride) = (value, 0, 1)
      for axis in padded.indices.reversed() {
        nearest += min(rest % padded[axis], shape[axis] - 1) * stride
        stride *= shape[axis]
        rest /= padded[axis]
      }
      #expect(Int(number) == nearest)
    }
  }

  @Test("parts of bands keep their order")
  func partsOfBands() throws {
    let (layout, samples) = try cut([8, 8], .tile([4, 4]))
    let order = try #require(ArrayOrder(layout))
    #expect(samples.rows == 4 && !order.applies(to: 3) && order.applies(to: 2) && !order.applies(to: 0))
    #expect(order.wholeBands(values: 1) == 2 && order.wholeBands(values: 70) == 4)
  }

  @Test("windows that overlap have no order of their own")
  func overlaps() throws {
    let layout = try #require(ArrayLayout(.window(length: 8, step: 4), rows: 32, rowShape: []))
    #expect(ArrayOrder(layout) == nil)
  }

  @Test("tiles of a smooth image take fewer bytes where they see one another", arguments: [false, true])
  func tiles(isQuick: Bool) throws {
    var random = RandomSource(seed: 5)
    let numbers = (0..<96 * 128).map { place in
      let (y, x) = (Double(place / 128), Double(place % 128))
      return (y * (96 - y) * x * (128 - x) / 1000).rounded() + Double(random.next() % 7)
    }
    let array = try SampleArray(numbers, shape: [128], type: .i2)
    let reader = try LayoutReader(array.reader, .tile([8, 8]), name: "data", memory: .standard)
    let batch = try #require(try reader.read(maxRows: 1000))
    let cut = reader.description
    var alone = cut
    alone.array = nil
    func bytes(_ description: SampleDescription) throws -> Int {
      let coder = GridCoder(description, .lossless, KnownValues())
      let bytes = coder.encode(batch, isQuick: isQuick)
      #expect(try coder.decode(bytes[...], rows: batch.rows) == batch)
      return bytes.count
    }
    #expect(try Double(bytes(cut)) < 0.95 * Double(bytes(alone)))
  }
}
