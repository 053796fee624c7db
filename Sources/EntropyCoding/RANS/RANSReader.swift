/// Decodes one chunk plane by plane, so that a caller can derive the levels of a plane from the preceding planes.
///
/// After an error, its results are undefined.
package struct RANSReader: Sendable {
  /// The number of values in each plane.
  package let rows: Int

  private let decoder: RANSDecoder
  private let lanes: Int
  /// The words, followed by `padding` zeros.
  private let words: [UInt16]
  /// The number of words taken.
  private var position = 0
  /// With one lane, only the first counts.
  private var states: SIMD4<UInt32>

  /// The number of words that may be read beyond the last before a check.
  private static let padding = RANS.lanes * RANS.maximumWordsPerValue

  /// Splits a chunk into states and words.
  ///
  /// - Parameters:
  ///   - decoder: with the encoder's tables.
  ///   - bytes: exactly what the encoder wrote.
  ///   - rows: the number of rows in the chunk, at least 1.
  ///   - contextCodedPlanes: the number of context-coded planes in the chunk; the plain ones are those of the tables.
  /// - Throws: `corrupt` if no encoder writes this number of bytes, or such states.
  package init(
    _ decoder: RANSDecoder, _ bytes: ArraySlice<UInt8>, rows: Int, contextCodedPlanes: Int
  ) throws(ChunkError) {
    precondition(rows >= 1 && contextCodedPlanes >= 0, "a chunk has rows")
    lanes = RANS.lanes(planes: decoder.planes + contextCodedPlanes, rows: rows)
    self.decoder = decoder
    self.rows = rows
    if lanes == 1 {
      // If the number of bytes is odd, the first byte is a word.
      let first = bytes.prefix(bytes.count % 2)
      words = Self.words(first + first.map { _ in 0 } + bytes.dropFirst(first.count))
      states = SIMD4(repeating: 0)
      position = min(2, words.count - Self.padding)
      for word in words[..<position] { states.x = states.x << RANS.wordBits | UInt32(word) }
      guard position == 0 || words[0] != 0 else { throw .corrupt }
    } else {
      let head = 4 * lanes
      guard bytes.count >= head, bytes.count % 2 == 0 else { throw .corrupt }
      words = Self.words(bytes.dropFirst(head))
      states = bytes.withUnsafeBytes { raw in
        var states = SIMD4<UInt32>()
        for lane in 0..<RANS.lanes {
          states[lane] = UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: 4 * lane, as: UInt32.self))
        }
        return states
      }
      guard all(states .>= RANS.least) else { throw .corrupt }
    }
  }

  /// The words of an even number of bytes, and the padding.
  private static func words(_ bytes: ArraySlice<UInt8>) -> [UInt16] {
    let count = bytes.count / 2
    return bytes.withUnsafeBytes { raw in
      [UInt16](unsafeUninitializedCapacity: count + padding) { words, used in
        for i in 0..<count {
          words[i] = UInt16(littleEndian: raw.loadUnaligned(fromByteOffset: 2 * i, as: UInt16.self))
        }
        for i in count..<count + padding { words[i] = 0 }
        used = count + padding
      }
    }
  }

  /// Decodes all plain planes, which come first.
  ///
  /// - Parameters:
  ///   - symbols: plane-major: the value of plane p and row r goes to symbols[p * planeStride + r].
  ///   - planeStride: the number of values from one plane to the next, at least ``rows``.
  /// - Throws: `corrupt` if no encoder writes such bytes.
  package mutating func planes(into symbols: inout [Int32], planeStride: Int) throws(ChunkError) {
    precondition(rows <= planeStride)
    precondition(decoder.planes == 0 || symbols.count >= (decoder.planes - 1) * planeStride + rows)
    let good = symbols.withUnsafeMutableBufferPointer { symbols in
      guard let base = symbols.baseAddress else { return true }
      return decoder.index.indices.allSatisfy { plane in
        self.plane(decoder.tables[decoder.index[plane]], base + plane * planeStride)
      }
    }
    guard good else { throw .corrupt }
  }

  /// Decodes the next context-coded plane.
  ///
  /// - Parameters:
  ///   - levels: the level of each row, within the tables' levels.
  ///   - symbols: the values of the rows; at least ``rows``.
  /// - Throws: `corrupt` if no encoder writes such bytes.
  package mutating func contextCodedPlane(
    levels: UnsafeBufferPointer<UInt8>, into symbols: UnsafeMutableBufferPointer<Int32>
  ) throws(ChunkError) {
    precondition(levels.count >= rows && symbols.count >= rows, "every row has a level and a place")
    guard let levels = levels.baseAddress, let values = symbols.baseAddress else { return }
    precondition(highest(levels, rows) < decoder.levels.count, "every level has a table")
    let good = decoder.tables[decoder.levels].withUnsafeBufferPointer { tables in
      guard let tables = tables.baseAddress else { return false }
      return inTurns { starts, buckets, end, row, x, next, good in
        values[row] = TableDecoder(tables[Int(levels[row])], starts, buckets)
          .take(&x, &next, &good, end: end)
      }
    }
    guard good else { throw .corrupt }
  }

  /// Checks that all bytes are used, and that an encoder may have written them.
  ///
  /// - Throws: `corrupt` if that is not so, or planes are left.
  package mutating func finish() throws(ChunkError) {
    guard position == words.count - Self.padding,
      states == SIMD4(repeating: RANS.emptyState(lanes: lanes))
    else { throw .corrupt }
  }

  /// Decodes one plain plane. Returns false if no encoder writes such bytes.
  private mutating func plane(_ table: RANSDecoder.Table, _ values: UnsafeMutablePointer<Int32>) -> Bool {
    guard table.dominant < table.count else {
      return inTurns { starts, buckets, end, row, x, next, good in
        values[row] = TableDecoder(table, starts, buckets).take(&x, &next, &good, end: end)
      }
    }
    // Nearly all values are equal: no search, and well-predicted branches.
    let value = table.lowest &+ Int32(bitPattern: table.dominant)
    return inTurns { starts, buckets, end, row, x, next, good in
      let decoder = TableDecoder(table, starts, buckets)
      let start = UInt32(decoder.starts[Int(table.dominant)])
      let frequency = UInt32(decoder.starts[Int(table.dominant) &+ 1]) &- start
      let place = x & 0x7FFF &- start
      guard place < frequency else {
        values[row] = decoder.take(&x, &next, &good, end: end)
        return
      }
      x = frequency &* (x >> 15) &+ place
      if x < RANS.least { TableDecoder.refill(&x, &next, end) }
      values[row] = value
    }
  }

  /// Calls `take` for each row in order. Its arguments are all starts and buckets, the end of the words if a state may
  /// run out of them, the row, the state of its lane, the next word, and a flag to clear if a value is invalid. Returns
  /// false if that happens, or if more words are taken than there are.
  @inline(__always)
  private mutating func inTurns(
    _ take: (
      _ starts: UnsafePointer<UInt16>, _ buckets: UnsafePointer<UInt16>, _ end: UnsafePointer<UInt16>?,
      _ row: Int, _ x: inout UInt32, _ next: inout UnsafePointer<UInt16>, _ good: inout Bool
    ) -> Void
  ) -> Bool {
    let (lanes, rows, position, count) = (lanes, rows, position, words.count - Self.padding)
    var (a, b, c, d) = (states.x, states.y, states.z, states.w)
    let taken = words.withUnsafeBufferPointer { words -> Int? in
      decoder.starts.withUnsafeBufferPointer { starts in
        decoder.buckets.withUnsafeBufferPointer { buckets in
          guard let first = words.baseAddress, let starts = starts.baseAddress,
            let buckets = buckets.baseAddress
          else { return nil }
          var good = true
          var next = first + position
          let end = first + count
          if lanes == 1 {
            for row in 0..<rows {
              take(starts, buckets, end, row, &a, &next, &good)
              guard good else { return nil }
            }
            return next - first
          }
          let even = rows & ~3
          for row in stride(from: 0, to: even, by: 4) {
            take(starts, buckets, nil, row, &a, &next, &good)
            take(starts, buckets, nil, row + 1, &b, &next, &good)
            take(starts, buckets, nil, row + 2, &c, &next, &good)
            take(starts, buckets, nil, row + 3, &d, &next, &good)
            guard good, next <= end else { return nil }
          }
          if even < rows { take(starts, buckets, nil, even, &a, &next, &good) }
          if even + 1 < rows { take(starts, buckets, nil, even + 1, &b, &next, &good) }
          if even + 2 < rows { take(starts, buckets, nil, even + 2, &c, &next, &good) }
          return good && next <= end ? next - first : nil
        }
      }
    }
    guard let taken else { return false }
    self.position = taken
    states = SIMD4(a, b, c, d)
    return true
  }
}
