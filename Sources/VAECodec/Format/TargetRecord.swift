import ByteIO

/// What a stream's header says about the target that its quality was found for.
///
/// In bytes, few, for they count: the kind (1), whose bits 0 ... 6 are 0 for PSNR, 1 for bits a sample, 2 for bytes, and
/// whose bit 7 says that the first chunk decided; then what was asked, a binary32 number, or a count of bytes; and for
/// PSNR what was reached, a binary32 number: of the chunks that decided. The other targets' outcome shows in the stream.
struct TargetRecord: Equatable {
  /// Never a quality.
  var asked: EncodeTarget
  /// What was reached, for a PSNR.
  var psnr: Double?
  /// Whether the quality was chosen by the first chunk alone.
  var isOfFirstChunk: Bool

  private static let firstChunkFlag: UInt8 = 0x80

  /// Nil for a quality, of which there is nothing to tell.
  init?(_ asked: EncodeTarget, psnr: Double, isOfFirstChunk: Bool) {
    if case .quality = asked { return nil }
    self.asked = asked
    self.psnr = asked.wantsQuality ? psnr : nil
    self.isOfFirstChunk = isOfFirstChunk
  }

  /// Bytes that it takes.
  var size: Int {
    var w = ByteWriter()
    write(to: &w)
    return w.bytes.count
  }

  func write(to w: inout ByteWriter) {
    let flag = isOfFirstChunk ? Self.firstChunkFlag : 0
    switch asked {
    case .quality: preconditionFailure("a quality is no target to search for")
    case .psnr(let asked):
      w.append(flag)
      w.append(Float(asked))
      w.append(Float(psnr ?? 0))
    case .bitsPerSample(let asked):
      w.append(flag | 1)
      w.append(Float(asked))
    case .bytes(let asked):
      w.append(flag | 2)
      w.append(count: max(0, asked))
    }
  }

  /// Reads all that ``write(to:)`` wrote. Nil for a kind that this program does not know.
  init?(from r: inout ByteReader) throws {
    let kind: UInt8 = try r.integer()
    isOfFirstChunk = kind & Self.firstChunkFlag != 0
    switch kind & ~Self.firstChunkFlag {
    case 0:
      asked = .psnr(Self.shortest(try r.float()))
      psnr = Self.shortest(try r.float())
    case 1: asked = .bitsPerSample(Self.shortest(try r.float()))
    case 2: asked = .bytes(try r.count())
    default: return nil
    }
    guard r.remaining == 0 else {
      throw ByteReader.Failure.truncated(needed: 0, remaining: r.remaining)
    }
  }

  /// The number with the fewest digits that a binary32 number stands for: 30.1, and not 30.100000381.
  private static func shortest(_ number: Float) -> Double { Double("\(number)") ?? Double(number) }

  /// What came of it in a stream.
  ///
  /// - Parameters:
  ///   - rows: of the whole stream; `chunkRows` of them, at the most, are its first chunk.
  ///   - streamBytes: of the finished stream.
  func outcome(rows: Int, chunkRows: Int, streamBytes: Int) -> TargetOutcome {
    let reached =
      switch asked {
      case .quality: 0.0
      case .psnr: psnr ?? 0
      case .bitsPerSample: rows == 0 ? 0 : 8 * Double(streamBytes) / Double(rows)
      case .bytes: Double(streamBytes)
      }
    return TargetOutcome(
      asked: asked, reached: reached, decidedOnRows: isOfFirstChunk ? min(rows, chunkRows) : rows)
  }
}
