import VAEModel

/// The progress of training in a model's metadata: for each point the epoch, bits and PSNR, each in the upper three
/// bytes of a binary32 number, so that a plot adds only some hundred bytes to a model.
enum TrainingCurve {
  private static let droppedBits: UInt32 = 8
  /// The size of a point in bytes.
  private static let size = 9

  static func encode(_ points: [TrainingPoint]) -> [UInt8] {
    points.flatMap { point in
      [point.epoch, point.bits, point.psnr].flatMap { number in
        // Adding half of the dropped part rounds the number.
        let bits = (Float(number).bitPattern &+ 1 << (droppedBits - 1)) >> droppedBits
        return (0..<3).map { UInt8(truncatingIfNeeded: bits >> (8 * $0)) }
      }
    }
  }

  /// The points; none if the bytes are not what ``encode(_:)`` writes.
  static func decode(_ bytes: [UInt8]) -> [TrainingPoint] {
    guard bytes.count % size == 0 else { return [] }
    let numbers = stride(from: 0, to: bytes.count, by: 3).map { i in
      let bits = (0..<3).reduce(UInt32(0)) { $0 | UInt32(bytes[i + $1]) << (8 * UInt32($1)) }
      return Double(Float(bitPattern: bits << droppedBits))
    }
    guard numbers.allSatisfy(\.isFinite) else { return [] }
    return stride(from: 0, to: numbers.count, by: 3).map {
      TrainingPoint(epoch: numbers[$0], bits: numbers[$0 + 1], psnr: numbers[$0 + 2])
    }
  }
}
