/// How many bytes what comes out of a file may take in memory: files may come from anyone.
///
/// What a file announces is compared with it before memory is taken. Those who read count what is large: contents, numbers,
/// weights and the room that work on them takes; not the few megabytes that a program takes anyway.
public struct MemoryLimit: Equatable, Sendable {
  /// The limit.
  public var bytes: Int

  /// Where nobody says otherwise: 1 GiB.
  public static let standard = MemoryLimit(bytes: 1 << 30)

  /// For what comes from nobody else.
  public static let unlimited = MemoryLimit(bytes: .max)

  /// A limit; less than 0 counts as 0.
  public init(bytes: Int) { self.bytes = max(0, bytes) }

  /// Throws `memory` where more than the limit is needed.
  public func admit(_ needed: Int) throws(ByteIOError) {
    guard needed <= bytes else { throw .memory(needs: needed, limit: bytes) }
  }

  /// How often something of so many bytes can be there at once: 1 to `most`.
  public func times(_ needed: Int, most: Int) -> Int { max(1, min(most, bytes / max(1, needed))) }

  /// The window that a zstd frame may ask for, as a power of 2: half of the limit.
  var zstdWindow: Int { min(31, max(10, Int.bitWidth - 2 - max(1, bytes).leadingZeroBitCount)) }
}

extension MemoryLimit {
  /// Adds up counts of so many bytes each without running over: the sum is as large as can be instead.
  package static func sum(_ parts: (count: Int, size: Int)...) -> Int {
    var sum = 0
    for part in parts {
      let (product, isTooMuch) = part.count.multipliedReportingOverflow(by: part.size)
      let (next, overflow) = sum.addingReportingOverflow(product)
      if isTooMuch || overflow { return .max }
      sum = next
    }
    return sum
  }

  /// Bytes as people write them, rounded up to a tenth: "1.5 GiB".
  static func text(_ bytes: Int) -> String {
    let units = ["bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]
    var (number, unit) = (Double(bytes), 0)
    while number >= 1024, unit + 1 < units.count {
      number /= 1024
      unit += 1
    }
    let tenths = Int((number * 10).rounded(.up))
    return tenths % 10 == 0 ? "\(tenths / 10) \(units[unit])" : "\(tenths / 10).\(tenths % 10) \(units[unit])"
  }
}
