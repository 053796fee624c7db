import ByteIO

/// The record in a stream's header of the target that its quality was found for.
///
/// It is kept short: the kind (1 byte), where bits 0 ... 6 are 0 for PSNR, 1 for bits per sample and 2 for bytes, and
/// bit 7 is set if the first chunk decided; then the target, as a binary32 number or a count of bytes; and for PSNR the
/// value reached in the chunks that decided, as a binary32 number. The outcome of other targets follows from the
/// stream.
struct TargetRecord: Equatable {
  /// Never a quality.
  var asked: EncodeTarget
  /// The PSNR reached, if that is the target.
  var psnr: Double?
  /// Whether the first chunk alone decided the quality.
  var isOfFirstChunk: Bool

  private static let firstChunkFlag: UInt8 = 0x80

  /// Nil for a quality, which needs no record.
  init?(_ asked: EncodeTarget, psnr: Double, isOfFirstChunk: Bool) {
    if case .quality = asked { return nil }
    self.asked = asked
    self.psnr = asked.wantsQuality ? psnr : nil
    self.isOfFirstChunk = isOfFirstChunk
  }

  /// The size in bytes.
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

  /// Parses what ``write(to:)`` wrote. Nil for a kind that this program does not know.
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

  /// The number with the fewest digits that rounds to this binary32 number: 30.1, not 30.100000381.
  private static func shortest(_ number: Float) -> Double { Double("\(number)") ?? Double(number) }

  /// The outcome of the target in a stream.
  ///
  /// - Parameters:
  ///   - rows: the rows of the whole stream; the first chunk has at most `chunkRows` of them.
  ///   - streamBytes: the size of the finished stream.
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
