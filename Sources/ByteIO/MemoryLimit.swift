/// The number of bytes of memory that reading a file may take. Files may come from untrusted sources.
///
/// The size that a file announces is checked before memory is allocated. Readers count what is large: contents, values,
/// weights, and working memory for them; not the few megabytes that any program takes.
public struct MemoryLimit: Equatable, Sendable {
  /// The limit in bytes.
  public var bytes: Int

  /// The default: 1 GiB.
  public static let standard = MemoryLimit(bytes: 1 << 30)

  /// No limit, for trusted files.
  public static let unlimited = MemoryLimit(bytes: .max)

  /// Creates a limit; a negative number counts as 0.
  public init(bytes: Int) { self.bytes = max(0, bytes) }

  /// Throws ``ByteIOError/memory(needs:limit:)`` if `needed` bytes exceed the limit.
  public func admit(_ needed: Int) throws(ByteIOError) {
    guard needed <= bytes else { throw .memory(needs: needed, limit: bytes) }
  }

  /// How many items of `needed` bytes each fit at once: 1 to `most`.
  public func times(_ needed: Int, most: Int) -> Int { max(1, min(most, bytes / max(1, needed))) }

  /// The largest window that a zstd frame may request, as a power of 2: half of the limit.
  var zstdWindow: Int { min(31, max(10, Int.bitWidth - 2 - max(1, bytes).leadingZeroBitCount)) }
}

extension MemoryLimit {
  /// The sum of `count * size` over `parts`; `Int.max` on overflow.
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

  /// A number of bytes for people, rounded up to a tenth of its unit: "1.5 GiB".
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
