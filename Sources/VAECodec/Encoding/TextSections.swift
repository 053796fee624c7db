import ByteIO
import Records
import Synchronization

/// The text sections of chunks that are encoded more than once: a text takes the same bytes however its numbers are coded.
final class TextSections: Sendable {
  private struct Known {
    /// Bytes of the section of each text.
    var sizes: [Digest: Int] = [:]
    /// Sections that are kept, and the bytes of all of them.
    var sections: [Digest: [UInt8]] = [:]
    var bytes = 0
  }

  private let known = Mutex(Known())

  /// Sections are kept as long as they take no more than this.
  private static let maximumBytes = 1 << 26

  /// The bytes of a text's section.
  ///
  /// - Parameter encode: makes the section.
  func size(of text: RowText, encode: () -> [UInt8]) -> Int {
    let digest = Digest(of: text.bytes)
    if let size = known.withLock({ $0.sizes[digest] }) { return size }
    return keep(encode(), digest).count
  }

  /// A text's section.
  ///
  /// - Parameters:
  ///   - isLast: whether it will not be asked for again.
  ///   - encode: makes the section.
  func section(of text: RowText, isLast: Bool, encode: () -> [UInt8]) -> [UInt8] {
    if isLast, known.withLock({ $0.sizes.isEmpty }) { return encode() }
    let digest = Digest(of: text.bytes)
    if let section = known.withLock({ $0.sections[digest] }) { return section }
    return keep(encode(), digest)
  }

  private func keep(_ section: [UInt8], _ digest: Digest) -> [UInt8] {
    known.withLock { known in
      known.sizes[digest] = section.count
      if known.bytes + section.count <= Self.maximumBytes, known.sections[digest] == nil {
        known.sections[digest] = section
        known.bytes += section.count
      }
    }
    return section
  }
}
