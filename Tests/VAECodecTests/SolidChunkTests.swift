import Testing

@testable import ByteIO
@testable import Records
@testable import Tensor
@testable import VAECodec
@testable import VAEModel

@Suite("Solid chunks")
struct SolidChunkTests {
  @Test(
    "decoders with the standard memory limit take them, whatever a sample is", arguments: ElementType.allCases
  )
  func memory(type: ElementType) throws {
    for width in [1, 2, 7, 100, 5000] {
      let rows = ChunkCodingContext.chunkRows(
        ChunkCodingContext.solidChunkRows(values: width, elementSize: type.size), values: width)
      #expect(rows * width > 1 << 20)
      let model = Model(zeros: width)
      let context = ChunkCodingContext(
        model, at: OperatingPoint(network: nil, steps: []), chunkRows: rows, kernels: Kernels())
      let description = try SampleDescription(elementType: type, sampleShape: [width], format: .raw)
      let bytes = context.decodingBytes(rows: rows, description, isCorrected: true)
      #expect(bytes <= MemoryLimit.standard.bytes)
      #expect(bytes - GridCoder.stateBytes(of: description, rows: 0, hasBase: false) > 1 << 27)
    }
    #expect(ChunkCodingContext.solidChunkRows(values: 3, elementSize: 8, textBytes: 1 << 20) == 64)
    #expect(ChunkCodingContext.solidChunkRows(values: 1 << 40, elementSize: 8) == 1)
  }
}
