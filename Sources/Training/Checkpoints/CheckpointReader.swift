import ByteIO
import Tensor
import VAEModel

/// Reads a checkpoint field by field.
final class CheckpointReader {
  private let source: ZstdSource

  init(_ source: any ByteSource) throws(CheckpointError) {
    self.source = try Self.reading { () throws(ByteIOError) in try ZstdSource(source) }
  }

  /// A file that is not a zstd frame is not a checkpoint; one that ends early or fails its checksum is damaged.
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

  func digest() throws(CheckpointError) -> Digest {
    var field = ByteReader(try bytes(Digest.size))
    guard let digest = try? Digest(from: &field) else { throw .damaged }
    return digest
  }

  func double() throws(CheckpointError) -> Double { Double(bitPattern: try integer()) }

  /// A count in 0 ... `most`.
  func count(upTo most: Int) throws(CheckpointError) -> Int {
    guard let count = Int(exactly: try integer(UInt64.self)), count <= most else { throw .damaged }
    return count
  }

  /// A training curve of at most `most` points.
  func curve(upTo most: Int) throws(CheckpointError) -> [TrainingPoint] {
    var curve: [TrainingPoint] = []
    for _ in 0..<(try count(upTo: most)) {
      let point = TrainingPoint(epoch: try double(), bits: try double(), psnr: try double())
      guard point.epoch.isFinite, point.bits.isFinite, point.psnr.isFinite else { throw .damaged }
      curve.append(point)
    }
    return curve
  }

  /// Fills `buffer` with numbers.
  func fill(_ buffer: FloatBuffer) throws(CheckpointError) { try fill(buffer.bytes) }

  /// Reads a permutation of 0 ..< `order.count`.
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

  /// Throws unless everything has been read and the checksum is correct.
  func end() throws(CheckpointError) {
    guard try Self.reading({ () throws(ByteIOError) in try source.read(upTo: 1) }).isEmpty else {
      throw .damaged
    }
  }
}

extension FloatBuffer {
  /// The bytes of its numbers in memory: little-endian on all supported machines.
  var bytes: UnsafeMutableRawBufferPointer {
    UnsafeMutableRawBufferPointer(start: pointer, count: count * MemoryLayout<Float>.stride)
  }
}
