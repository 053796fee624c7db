import ByteIO
import Container
import EntropyCoding
import Records

extension ChunkCodec {
  /// The zstd levels for stored samples.
  private static let (quickLevel, thoroughLevel) = (3, 19)
  /// The size of a quick attempt, relative to the corrected chunk, up to which the thorough level is tried; and the
  /// size in bytes of the piece on which the gain of that level is estimated.
  private static let (margin, pieceBytes) = (1.3, 1 << 19)
  /// The size of the piece that tells a quick encoder whether to store.
  private static let quickPieceBytes = 1 << 16

  /// The frame of a chunk with corrections, or of the stored samples if that is smaller.
  ///
  /// Unless it is a trial, the result has been decoded and found to keep the error bound.
  ///
  /// - Parameters:
  ///   - suffix: what the frame's content ends with.
  func corrected(
    _ batch: SampleBatch, after prefix: [UInt8], before suffix: [UInt8], isTrial: Bool
  ) -> Encoded {
    let content = prefix + CorrectedContent.storing(batch.bytes, rows: batch.rows) + suffix
    guard let corrected = encodedCorrections(of: batch, isTrial: isTrial) else {
      return Encoded(
        frame: ZstdFrame.compress(content, level: Self.quickLevel, checksum: true), decoded: batch)
    }
    // A placeholder of the same size in a trial.
    let checksum = corrected.decoded.map { Checksum.crc32($0.bytes) } ?? 0
    let head =
      prefix
      + CorrectedContent.prefix(rows: batch.rows, corrections: corrected.bytes, checksum: checksum)
    let frame = pack(after: head, before: suffix)
    if effort.isQuick, Self.quickSize(of: content) > Self.margin * Double(frame.count) {
      return Encoded(frame: frame, decoded: corrected.decoded)
    }
    let quick = ZstdFrame.compress(content, level: Self.quickLevel, checksum: true)
    var stored = quick
    var expected = Double(quick.count)
    if !isTrial, !effort.isQuick, expected >= Self.margin * Double(frame.count) {
      expected *= Self.thoroughShare(of: content)
    }
    if !effort.isQuick, expected < Self.margin * Double(frame.count) {
      let thorough = ZstdFrame.compress(content, level: Self.thoroughLevel, checksum: true)
      if thorough.count < quick.count { stored = thorough }
    }
    return stored.count < frame.count
      ? Encoded(frame: stored, decoded: batch) : Encoded(frame: frame, decoded: corrected.decoded)
  }

  /// The size at the quick level, by that of a piece in the middle.
  private static func quickSize(of content: [UInt8]) -> Double {
    let piece = content.dropFirst(max(0, content.count - quickPieceBytes) / 2).prefix(quickPieceBytes)
    let size = ZstdFrame.compress(Array(piece), level: quickLevel, checksum: true).count
    return Double(size) * (Double(content.count) / Double(max(1, piece.count)))
  }

  /// The size at the thorough level relative to the quick one, on a piece of the content.
  private static func thoroughShare(of content: [UInt8]) -> Double {
    let piece = Array(content.prefix(pieceBytes))
    let quick = ZstdFrame.compress(piece, level: quickLevel, checksum: true)
    let thorough = ZstdFrame.compress(piece, level: thoroughLevel, checksum: true)
    return Double(thorough.count) / Double(quick.count)
  }

  /// The corrections that turn the samples of `symbols` into those of a batch; and, unless it is a trial, the corrected
  /// samples. Nil if they do not keep the error bound.
  private func encodedCorrections(
    of batch: SampleBatch, isTrial: Bool
  ) -> (bytes: [UInt8], decoded: SampleBatch?)? {
    switch corrections {
    case .values(let coder):
      let (bytes, decoded) = coder.encoded(
        batch, base: expectations(), tries: !isTrial, isQuick: effort.isQuick, decodes: !isTrial)
      return checked(bytes, batch, isTrial, decoded: decoded)
    case .integers(let coder):
      let base = reconstruction()
      let bytes = coder.encode(batch, base: base)
      return checked(bytes, batch, isTrial, decoded: try? coder.decode(bytes[...], base: base))
    case .missing(let coder):
      let bytes = coder.encode(batch)
      return checked(
        bytes, batch, isTrial, decoded: try? coder.decode(bytes[...], base: reconstruction()))
    }
  }

  /// Corrections with what they decode to; nil if that does not keep the error bound. A trial is not decoded.
  private func checked(
    _ bytes: [UInt8], _ batch: SampleBatch, _ isTrial: Bool, decoded: @autoclosure () -> SampleBatch?
  ) -> (bytes: [UInt8], decoded: SampleBatch?)? {
    guard !isTrial else { return (bytes, nil) }
    return decoded().flatMap { keeps($0, batch) ? (bytes, $0) : nil }
  }

  /// Whether decoded samples keep the error bound.
  private func keeps(_ decoded: SampleBatch, _ batch: SampleBatch) -> Bool {
    if errorBound?.isLossless == true { return decoded.bytes == batch.bytes }
    guard decoded.bytes.count == batch.bytes.count else { return false }
    // Copies, because each use would look them up again.
    let (elementType, known, width) = (elementType, known, width)
    let bounds = errorBound?.bounds ?? []
    func bound(_ place: Int) -> ValueBound? { bounds.count > 1 ? bounds[place % width] : bounds.first }
    return batch.bytes.withUnsafeBytes { old in
      decoded.bytes.withUnsafeBytes { new in
        (0..<batch.valueCount).allSatisfy { place in
          let bits = (elementType.bits(place, of: old), elementType.bits(place, of: new))
          if bits.0 == bits.1 { return true }
          if known.isMark(bits: bits.0, elementType) { return false }
          if elementType.isWide {
            let ordinals = (elementType.ordinal(bits: bits.0), elementType.ordinal(bits: bits.1))
            guard ordinals.0 >= elementType.leastOrdinal else { return false }
            guard let bound = bound(place) else {
              return !known.isMissing(ordinals.0, place % width, elementType)
            }
            return bound.isRelative
              ? RelativeIntegers.isWithin(bound.size, ordinals.0, ordinals.1, elementType)
              : IntegerLattice.isWithin(bound.size, ordinals.0, ordinals.1)
          }
          let value = elementType.value(bits: bits.0)
          guard value.isFinite else { return false }
          guard let bound = bound(place) else {
            return !known.isMissing(value, place % width)
          }
          return bound.isWithin(value, elementType.value(bits: bits.1))
        }
      }
    }
  }

  /// The samples of a chunk's content of any kind, with the text of their rows if it is kept.
  func decode(content: ArraySlice<UInt8>) throws(ChunkError) -> SampleBatch {
    guard let textCoding else { return try decode(contentOfNumbers: content) }
    let (numbers, section) = try TextSection.split(content)
    var batch = try decode(contentOfNumbers: numbers)
    let text = try textCoding.decode(section, of: batch, memory: memory)
    if let numbers = textCoding.numbers(in: text) {
      batch = SampleBatch(doubles: numbers, elementType: elementType, valuesPerSample: width)
    }
    batch.text = text
    return batch
  }

  private func decode(contentOfNumbers content: ArraySlice<UInt8>) throws(ChunkError) -> SampleBatch {
    guard let (rows, corrected) = try CorrectedContent.read(content, limit: chunkRows) else {
      // Without corrections there is no error bound.
      guard errorBound == nil else { throw .corrupt }
      return try decode(contentOfSymbols: content)
    }
    try admit(rows)
    switch corrected {
    case .stored(let bytes):
      guard bytes.count == rows * width * elementType.size else { throw .corrupt }
      return SampleBatch(elementType: elementType, valuesPerSample: width, bytes: Array(bytes))
    case .corrected(let corrections, let symbols, let checksum):
      let batch: SampleBatch
      switch self.corrections {
      case .values(let coder):
        let base = try expectations(fromSymbols: symbols, rows: rows)
        batch = try coder.decode(corrections, rows: rows, base: base)
      case .integers(let coder):
        batch = try coder.decode(corrections, base: decode(contentOfSymbols: symbols, rows: rows))
      case .missing(let coder):
        batch = try coder.decode(corrections, base: decode(contentOfSymbols: symbols, rows: rows))
      }
      guard Checksum.crc32(batch.bytes) == checksum else { throw .otherRows }
      return batch
    }
  }
}
