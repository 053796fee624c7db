import ByteIO
import Tensor
import VAEModel

/// Reads a checkpoint field by field.
final class CheckpointReader {
  private let source: ZstdSource

  init(_ source: any ByteSource) throws(CheckpointError) {
    self.source = try Self.reading { () throws(ByteIOError) in try ZstdSource(source) }
  }

  /// What is no zstd frame at all is no checkpoint; what ends early or fails its checksum is damaged.
  private static func reading<T>(_ body: () throws(ByteIOError) -> T) throws(CheckpointError) -> T {
    do throws(ByteIOError) { return try body() } catch { throw .bytes(error) }
  }

  private func fill(_ buffer: UnsafeMutableRawBufferPointer) throws(CheckpointError) {
    let got = try Self.reading { () throws(ByteIOError) in try source.fill(buffer) }
    guard got == buffer.count else { throw .damaged }
  }

  func bytes(_ count: Int) throws(CheckpointError) -> [UInt8] {
    let bytes = try Self.reading { () throws(ByteIOError) in try source.read(upTo: count) }
    guard bytes.count == count else { throw .damaged }
    return bytes
  }

  func integer<T: FixedWidthInteger>(_ type: T.Type = T.self) throws(CheckpointError) -> T {
    var field = ByteReader(try bytes(MemoryLayout<T>.size))
    guard let value = try? field.integer(T.self) else { throw .damaged }
    return value
  }

  func double() throws(CheckpointError) -> Double { Double(bitPattern: try integer()) }

  /// A count in 0 ... `most`.
  func count(upTo most: Int) throws(CheckpointError) -> Int {
    guard let count = Int(exactly: try integer(UInt64.self)), count <= most else { throw .damaged }
    return count
  }

  /// What was measured of a training, at `most` points.
  func curve(upTo most: Int) throws(CheckpointError) -> [TrainingPoint] {
    var curve: [TrainingPoint] = []
    for _ in 0..<(try count(upTo: most)) {
      let point = TrainingPoint(epoch: try double(), bits: try double(), psnr: try double())
      guard point.epoch.isFinite, point.bits.isFinite, point.psnr.isFinite else { throw .damaged }
      curve.append(point)
    }
    return curve
  }

  /// As many numbers as `buffer` holds.
  func fill(_ buffer: FloatBuffer) throws(CheckpointError) { try fill(buffer.bytes) }

  /// The numbers 0 ..< `order.count`, in whatever order.
  func fill(permutation order: inout [Int]) throws(CheckpointError) {
    var fields = ByteReader(try bytes(order.count * MemoryLayout<UInt32>.size))
    var seen = [Bool](repeating: false, count: order.count)
    for i in order.indices {
      guard let row = try? fields.integer(UInt32.self), row < seen.count, !seen[Int(row)] else {
        throw .damaged
      }
      seen[Int(row)] = true
      order[i] = Int(row)
    }
  }

  /// Throws unless all has been read, and the checksum is right.
  func end() throws(CheckpointError) {
    guard try Self.reading({ () throws(ByteIOError) in try source.read(upTo: 1) }).isEmpty else {
      throw .damaged
    }
  }
}

extension FloatBuffer {
  /// Its numbers as they lie in memory: little-endian on all machines that there are kernels for.
  var bytes: UnsafeMutableRawBufferPointer {
    UnsafeMutableRawBufferPointer(start: pointer, count: count * MemoryLayout<Float>.stride)
  }
}
