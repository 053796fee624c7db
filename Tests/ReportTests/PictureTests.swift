import ByteIO
import Testing

@testable import Report

@Suite("Pictures")
struct PictureTests {
  @Test("a picture decodes to its pixels")
  func indexed() throws {
    let palette = Palette.viridis.colours
    let pixels: [UInt8] = [0, 254, 17, 17, 100, 3]
    let image = try DecodedPNG(PNG.indexed(width: 3, height: 2, pixels, palette: palette))
    #expect(image.width == 3 && image.height == 2)
    #expect(
      image.colours
        == pixels.map { [palette[Int($0)].red, palette[Int($0)].green, palette[Int($0)].blue, 255] })
  }

  @Test("what is no number is transparent")
  func transparent() throws {
    let pixels: [UInt8] = [255, 0, 254, 255]
    let image = try DecodedPNG(PNG.indexed(width: 2, height: 2, pixels, palette: Palette.grey.colours))
    #expect(image.colours == [[0, 0, 0, 0], [0, 0, 0, 255], [255, 255, 255, 255], [0, 0, 0, 0]])
  }

  @Test("a picture of colours decodes to them")
  func colours() throws {
    let pixels = (0..<4 * 35).map { UInt8($0) }
    let image = try DecodedPNG(PNG.colour(width: 5, height: 7, pixels))
    #expect(image.colours.flatMap { $0 } == pixels)
  }

  @Test("a small picture is a small file")
  func small() {
    let pixels = (0..<64).map { UInt8($0 % 4 * 60) }
    #expect(PNG.indexed(width: 8, height: 8, pixels, palette: Palette.grey.colours).count < 140)
  }

  @Test(
    "bytes as text",
    arguments: [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg==")])
  func base64(plain: String, text: String) { #expect(Base64.text(Array(plain.utf8)) == text) }

  @Test("numbers go from the lowest place to the highest")
  func places() {
    #expect(Palette.place(0, low: 0, high: 16) == 0 && Palette.place(16, low: 0, high: 16) == 254)
    #expect(Palette.place(-9, low: 0, high: 16) == 0 && Palette.place(.infinity, low: 0, high: 16) == 254)
    #expect(Palette.place(.nan, low: 0, high: 16) == 255 && Palette.place(3, low: 3, high: 3) == 127)
  }

  @Test("colours get lighter all the way, so that they can be read without seeing hues")
  func lightness() {
    let light = Palette.viridis.colours.dropLast().map { colour -> Double in
      let (red, green) = (Double(colour.red), Double(colour.green))
      return 0.2126 * red + 0.7152 * green + 0.0722 * Double(colour.blue)
    }
    let rises = zip(light, light.dropFirst()).allSatisfy { before, after in after > before - 0.5 }
    #expect(rises && light[0] < 40 && light[254] > 200)
  }

  @Test(
    "the shape of a sample tells what it looks like",
    arguments: [
      ([], .numbers), ([16], .numbers), ([4, 3], .numbers), ([1, 5, 1], .numbers),
      ([17], .series(length: 17, channels: 1, channelsFirst: true)),
      ([128, 2], .series(length: 128, channels: 2, channelsFirst: false)),
      ([3, 500], .series(length: 500, channels: 3, channelsFirst: true)),
      ([28, 28], .image(height: 28, width: 28)), ([1, 8, 8], .image(height: 8, width: 8)),
      ([8, 8, 1], .image(height: 8, width: 8)), ([4, 4], .image(height: 4, width: 4)),
      ([32, 32, 3], .colourImage(height: 32, width: 32, coloursFirst: false)),
      ([3, 32, 32], .colourImage(height: 32, width: 32, coloursFirst: true)),
      ([5, 8, 9], .slices(count: 5, height: 8, width: 9)),
      ([2, 3, 8, 9], .slices(count: 6, height: 8, width: 9)),
      ([40, 2, 2], .series(length: 160, channels: 1, channelsFirst: true)),
    ] as [([Int], SampleLayout)])
  func layouts(shape: [Int], layout: SampleLayout) { #expect(SampleLayout(shape: shape) == layout) }

  @Test("slices lie beside each other, with a line of nothing between")
  func slices() throws {
    let pixels = try #require(SampleLayout.slices(count: 2, height: 1, width: 2).pixels([1, 2, 3, 4]))
    #expect(pixels.height == 3 && pixels.width == 2)
    #expect(pixels.values[0..<2] == [1, 2] && pixels.values[2].isNaN && pixels.values[4..<6] == [3, 4])
  }

  @Test("channels are taken apart, whichever axis they are")
  func channels() {
    let values = (0..<34).map { Double($0) }
    let odd = stride(from: 1.0, to: 34, by: 2).map { $0 }
    let last = SampleLayout(shape: [17, 2]).channels(values)
    let first = SampleLayout(shape: [2, 17]).channels(values)
    #expect(last[1] == odd && first[1] == Array(values[17...]))
  }
}

/// A PNG file taken apart: as far as reports make them, with every checksum checked.
struct DecodedPNG {
  var width = 0
  var height = 0
  /// Red, green, blue and opacity of each pixel.
  var colours: [[UInt8]] = []

  struct Damaged: Error {}

  init(_ file: [UInt8]) throws {
    guard file.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) else { throw Damaged() }
    func number(_ at: Int) -> Int { file[at..<at + 4].reduce(0) { $0 << 8 | Int($1) } }
    var (chunks, at): ([(String, [UInt8])], Int) = ([], 8)
    while at < file.count {
      let body = file[at + 4..<at + 8 + number(at)]
      guard Int(Checksum.crc32(body)) == number(body.endIndex) else { throw Damaged() }
      chunks.append((String(decoding: body.prefix(4), as: UTF8.self), Array(body.dropFirst(4))))
      at = body.endIndex + 4
    }
    guard chunks.first?.0 == "IHDR", chunks.last?.0 == "IEND", let header = chunks.first?.1 else {
      throw Damaged()
    }
    width = header[0..<4].reduce(0) { $0 << 8 | Int($1) }
    height = header[4..<8].reduce(0) { $0 << 8 | Int($1) }
    let size = header[9] == 6 ? 4 : 1
    let lines = try Self.inflate(
      chunks.filter { $0.0 == "IDAT" }.flatMap(\.1), size: height * (width * size + 1))
    let palette = chunks.first { $0.0 == "PLTE" }?.1 ?? []
    let opacity = chunks.first { $0.0 == "tRNS" }?.1 ?? []
    for y in 0..<height {
      let line = lines[y * (width * size + 1)..<(y + 1) * (width * size + 1)]
      guard line.first == 0 else { throw Damaged() }
      let pixels = Array(line.dropFirst())
      for x in 0..<width {
        if size == 4 {
          colours.append(Array(pixels[4 * x..<4 * x + 4]))
        } else {
          let place = Int(pixels[x])
          colours.append(palette[3 * place..<3 * place + 3] + [place < opacity.count ? opacity[place] : 255])
        }
      }
    }
  }

  /// What a zlib stream holds: its deflated part is that of a gzip member, which the program can read.
  private static func inflate(_ zlib: [UInt8], size: Int) throws -> [UInt8] {
    let deflated = zlib.dropFirst(2).dropLast(4)
    let member = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0] + deflated
    let source = try GzipSource(MemorySource(member))
    // The member has no end, so that no more than the content can be read.
    let bytes = try source.read(upTo: size)
    var (a, b) = (1, 0)
    for byte in bytes { (a, b) = ((a + Int(byte)) % 65521, (a + Int(byte) + b) % 65521) }
    guard bytes.count == size, zlib.suffix(4).reduce(0, { $0 << 8 | Int($1) }) == b << 16 | a else {
      throw Damaged()
    }
    return bytes
  }
}
