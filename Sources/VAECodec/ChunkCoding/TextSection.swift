import ByteIO
import EntropyCoding
import Records

/// The text of a chunk's rows beside their values, at the end of the chunk's content:
///
///     runs       a count, and as many counts: see `RowSkeleton`
///     text       a count of bytes; if it is not 0, their CRC-32 and the output of `TextCoder`
///     length     u32: the size of the fields above, in bytes
struct TextSection {
  private let kept: KeptText
  private let isPrecise: Bool

  /// The maximum number of text bytes per coded byte: no bit has a probability above 65535/65536.
  private static let mostPerByte = 1 << 16

  /// - Parameters:
  ///   - kept: how the text is kept.
  ///   - isPrecise: whether numbers are written in full where their spelling would round them.
  init(_ kept: KeptText, isPrecise: Bool) { (self.kept, self.isPrecise) = (kept, isPrecise) }

  private var layout: TextLayout {
    TextLayout(
      separator: kept.layout.separator == .blanks ? nil : kept.layout.separator.byte,
      rowEnd: kept.layout.lineEnd)
  }

  /// The section for the rows of a batch.
  func encode(_ batch: SampleBatch) -> [UInt8] {
    guard let text = batch.text else { return [] }
    let (skeleton, numbers) = kept.split(text)
    precondition(
      kept.join(skeleton, numbers: numbers, rows: batch.rows, isPrecise: true) == text,
      "a skeleton gives back its text")
    var w = ByteWriter()
    w.append(count: skeleton.runs.count)
    for run in skeleton.runs { w.append(count: run) }
    w.append(count: skeleton.text.count)
    if !skeleton.text.isEmpty {
      w.append(Checksum.crc32(skeleton.text))
      w.append(TextCoder.encode(skeleton.text, layout))
    }
    w.append(UInt32(w.bytes.count))
    return w.bytes
  }

  /// The numbers that were left in the text; nil if there are none.
  func numbers(in text: RowText) -> [Double]? { kept.isWhole ? kept.numbers(in: text) : nil }

  /// Separates the section from the rest of a chunk's content.
  static func split(
    _ content: ArraySlice<UInt8>
  ) throws(ChunkError) -> (numbers: ArraySlice<UInt8>, section: ArraySlice<UInt8>) {
    var foot = ByteReader(content.suffix(4))
    do throws(ByteReader.Failure) {
      let length = Int(try foot.integer(UInt32.self))
      guard length <= content.count - 4 else { throw .truncated(needed: length, remaining: content.count) }
      let rest = content.dropLast(4)
      return (rest.dropLast(length), rest.suffix(length))
    } catch {
      throw .corrupt
    }
  }

  /// The text of rows.
  ///
  /// - Parameters:
  ///   - batch: their values.
  ///   - memory: the limit for the text.
  func decode(
    _ section: ArraySlice<UInt8>, of batch: SampleBatch, memory: MemoryLimit
  ) throws(ChunkError) -> RowText {
    var r = ByteReader(section)
    var skeleton = RowSkeleton(runs: [], text: [])
    let (count, checksum): (Int, UInt32)
    do throws(ByteReader.Failure) {
      let runs = try r.count()
      // Each takes at least one byte.
      guard runs <= r.remaining else { throw .truncated(needed: runs, remaining: r.remaining) }
      for _ in 0..<runs { skeleton.runs.append(try r.count()) }
      count = try r.count()
      checksum = count > 0 ? try r.integer() : 0
    } catch {
      throw .corrupt
    }
    guard skeleton.rows(limit: batch.rows) == batch.rows, count / Self.mostPerByte <= r.remaining else {
      throw .corrupt
    }
    do throws(ByteIOError) {
      // The skeleton, compact and expanded, and the text that results.
      try memory.admit(MemoryLimit.sum((count, 4), (batch.rows, kept.bytesOfNumbers)))
    } catch {
      throw .frame(error)
    }
    if count > 0 {
      skeleton.text = try TextCoder.decode(
        section.suffix(r.remaining), count: count, limit: memory.bytes, layout)
      guard Checksum.crc32(skeleton.text) == checksum else { throw .otherRows }
    } else if r.remaining > 0 {
      throw .corrupt
    }
    guard let text = kept.join(skeleton, numbers: batch.doubles(), rows: batch.rows, isPrecise: isPrecise)
    else {
      throw .corrupt
    }
    return text
  }
}
