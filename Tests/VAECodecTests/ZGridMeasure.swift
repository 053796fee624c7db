import ByteIO
import EntropyCoding
import Foundation
import Records
import Testing

@testable import VAECodec

@Suite("grid measure")
struct GridMeasure {
  @Test("measure", .enabled(if: ProcessInfo.processInfo.environment["GRID"] != nil))
  func measure() throws {
    let environment = ProcessInfo.processInfo.environment
    for path in environment["GRID"]!.split(separator: ",") {
      for mode in (environment["MODES"] ?? "lossless,max1,max01").split(separator: ",") {
        let reader = try SampleInput.open(FileSource(path: String(path)), name: String(path))
        var bytes: [UInt8] = []
        while let batch = try reader.read(maxRows: 1 << 16) { bytes += batch.bytes }
        let d = reader.description
        let batch = SampleBatch(elementType: d.elementType, valuesPerSample: d.valuesPerSample, bytes: bytes)
        let rel = mode == "lossless" ? 0 : mode == "max1" ? 0.01 : 0.001
        let values = batch.doubles()
        let byColumn = ["prsa", "housing"].contains { path.contains($0) }
        var bounds = [0.0]
        func range(_ v: [Double]) -> Double {
          let f = v.filter(\.isFinite)
          let r = (f.max() ?? 0) - (f.min() ?? 0)
          return r > 0 ? r : 1
        }
        if rel > 0 {
          bounds =
            byColumn
            ? (0..<d.valuesPerSample).map { c in
              rel * range(stride(from: c, to: values.count, by: d.valuesPerSample).map { values[$0] })
            } : [rel * range(values)]
        }
        let coder = GridCoder(
          d.elementType, sampleShape: d.sampleShape, bounds: bounds, curves: SmoothLogistic())
        let clock = ContinuousClock()
        let t0 = clock.now
        let coded = coder.encode(batch)
        let t1 = clock.now
        let back = try coder.decode(coded[...], rows: batch.rows, valuesPerSample: d.valuesPerSample)
        let t2 = clock.now
        var worst = 0.0
        if rel == 0 {
          worst = back.bytes == bytes ? 0 : 9999
        } else {
          for (i, (a, b)) in zip(values, back.doubles()).enumerated() where a.isFinite || b.isFinite {
            worst = max(worst, abs(a - b) / bounds[byColumn ? i % bounds.count : 0])
          }
        }
        print(
          "GRID", URL(fileURLWithPath: String(path)).deletingPathExtension().lastPathComponent, mode,
          coded.count, "worst", worst, "encode", (t1 - t0) / .seconds(1), "decode", (t2 - t1) / .seconds(1),
          "MB/s", Double(bytes.count) / 1e6 / ((t2 - t1) / .seconds(1)))
      }
    }
  }
}
