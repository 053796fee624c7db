import ByteIO

/// A picture as a file (Portable Network Graphics, third edition, W3C 2025): as small as a page wants it, and no more than that.
enum PNG {
  /// A picture whose pixels are places in a palette. The file lists only the colours that there are: of small pictures, all
  /// others would take more than the pixels.
  ///
  /// - Parameters:
  ///   - pixels: row by row, each within `palette`.
  ///   - palette: at most 256 colours; the last one is transparent.
  static func indexed(width: Int, height: Int, _ pixels: [UInt8], palette: [Colour]) -> [UInt8] {
    precondition(pixels.count == width * height && (1...256).contains(palette.count))
    // The transparent one comes first: opacity is listed only as far as it is less than full.
    var places = [UInt8](repeating: 0, count: 256)
    var used = Set(pixels).sorted(by: >)
    if used.first.map(Int.init) != palette.count - 1 { used.reverse() }
    for (i, pixel) in used.enumerated() { places[Int(pixel)] = UInt8(i) }
    let colours = used.map { palette[Int($0)] }.flatMap { [$0.red, $0.green, $0.blue] }
    let isClear = used.first.map(Int.init) == palette.count - 1
    return file(
      width: width, height: height, colourType: 3, bytesPerPixel: 1, pixels.map { places[Int($0)] },
      before: chunk("PLTE", colours) + (isClear ? chunk("tRNS", [0]) : []))
  }

  /// A picture whose pixels have red, green, blue and opacity of their own.
  static func colour(width: Int, height: Int, _ pixels: [UInt8]) -> [UInt8] {
    precondition(pixels.count == 4 * width * height)
    return file(width: width, height: height, colourType: 6, bytesPerPixel: 4, pixels, before: [])
  }

  private static func file(
    width: Int, height: Int, colourType: UInt8, bytesPerPixel: Int, _ pixels: [UInt8], before: [UInt8]
  ) -> [UInt8] {
    // Depth, colour type, and the only methods there are: deflate, the five filters, no interlacing.
    let header = bigEndian(width) + bigEndian(height) + [8, colourType, 0, 0, 0]
    let stride = width * bytesPerPixel
    // Each line begins with its filter: none.
    var lines: [UInt8] = []
    lines.reserveCapacity(height * (stride + 1))
    for y in 0..<height {
      lines.append(0)
      lines += pixels[y * stride..<(y + 1) * stride]
    }
    return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + chunk("IHDR", header) + before
      + chunk("IDAT", Zlib.compress(lines)) + chunk("IEND", [])
  }

  private static func chunk(_ kind: String, _ content: [UInt8]) -> [UInt8] {
    let body = Array(kind.utf8) + content
    return bigEndian(content.count) + body + bigEndian(Int(Checksum.crc32(body)))
  }

  private static func bigEndian(_ number: Int) -> [UInt8] {
    (0..<4).reversed().map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
  }
}
