@testable import ByteIO
@testable import Container
@testable import VAECodec

/// A file of streams written down so that every change of it gets past checksums: frames, sums, sizes and seek tables are
/// made anew.
///
/// A sequence of parts: a byte, the number of bytes that follow in two, and these. What the byte modulo 8 says:
///
///     0   a header of a stream, whose bytes after the first become the model's name
///     1   the content of a chunk
///     2   the content of a compact stream, after its mark; the name as in a header
///     3   the end of a stream: its seek table
///     4   the model
///     5   bytes as they are
///     6   a header with the name that it says
///     7   the content of a chunk, in a frame of blocks that repeat a byte
enum StreamScript {
  /// The file that `script` says.
  static func file(_ script: ArraySlice<UInt8>, model: [UInt8], digest: Digest) -> [UInt8] {
    var file: [UInt8] = []
    var entries = ByteWriter()
    func mended(_ content: ArraySlice<UInt8>) -> [UInt8] {
      // Without a model, there is no name.
      guard let flags = content.first, flags & 0x0C != 0 else { return Array(content) }
      var w = ByteWriter()
      w.append(content.prefix(1))
      digest.write(to: &w)
      return w.bytes + content.dropFirst(1 + Digest.size)
    }
    func end() {
      if !entries.bytes.isEmpty { file += SeekTable.frame(entries) }
      entries = ByteWriter()
    }
    var choices = Choices(Array(script))
    while !choices.rest.isEmpty {
      let kind = choices.byte() & 7
      let body = choices.take(Int(choices.number(bytes: 2)))
      switch kind {
      case 0, 6:
        end()
        let frame = StreamHeader(content: kind == 0 ? mended(body) : Array(body)).frame
        SeekTable.append(size: frame.count, contentSize: 0, to: &entries)
        file += frame
      case 1, 7:
        let content =
          kind == 1 ? Array(body) : Array(body) + [UInt8](repeating: body.last ?? 0, count: body.count * 64)
        let frame = ZstdFrame.compress(content, level: 1, checksum: true)
        if !entries.bytes.isEmpty {
          SeekTable.append(size: frame.count, contentSize: content.count, to: &entries)
        }
        file += frame
      case 2: file += ZstdFrame.compress(CompactStream.prefix(mended(body)), level: 1, checksum: true)
      case 3: end()
      case 4: file += EmbeddedModel.frame(model)
      default: file += body
      }
    }
    end()
    return file
  }

  /// The script of a file without damage.
  static func script(of file: [UInt8]) throws -> [UInt8] {
    var script: [UInt8] = []
    func add(_ kind: UInt8, _ body: some Collection<UInt8>) {
      script += [kind, UInt8(body.count & 0xFF), UInt8(body.count >> 8)] + Array(body)
    }
    let reader = StreamReader(MemorySource(file))
    while let part = try reader.next() {
      switch part {
      case .header(let header): add(0, header.content)
      case .chunk(let chunk): add(1, try ZstdFrame.decompress(chunk.frame[...], limit: 1 << 16))
      case .end: add(3, [])
      case .compact(let compact): add(2, compact.content)
      case .model: add(4, [])
      }
    }
    return script
  }

  /// The fixtures that were encoded with a model, as scripts.
  static func fixtures(_ model: String) throws -> [[UInt8]] {
    try FixtureFiles.files(in: "golden", below: 4096).filter {
      $0.name.hasSuffix(".vaec") && ($0.name.hasPrefix(model + "-") || $0.name == model + ".vaec")
    }.compactMap {
      let script = try script(of: $0.bytes)
      return script.count < 1 << 13 ? script : nil
    }
  }
}
