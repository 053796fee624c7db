import ByteIO
import Records

/// The words that some fitted rows have in text columns, beside the latents of these rows: a new row gets the words of the one
/// whose latents are nearest. So words are as frequent as among fitted rows with such latents.
///
/// Only columns of few different words are among them.
struct RowLabels: Equatable, Sendable {
  /// The most rows, latents of a row, different words of a column, and bytes of a word.
  static let (maximumRows, maximumLatents, maximumWords, maximumBytes) = (512, 16, 64, 256)
  /// Latents are in units of this share of their deviation.
  private static let unit: Float = 1 / 16

  /// A column: its place among all columns of the table, and its words.
  struct Column: Equatable, Sendable {
    var place: Int
    /// As ``ByteText``.
    var words: [String]
    /// For each row, which of the words it has.
    var choices: [UInt8]
  }

  private(set) var columns: [Column] = []
  private let rows: Int
  private let latentsPerRow: Int
  /// The leading latents, rows x latents.
  private let latents: [Int8]

  /// - Parameters:
  ///   - words: of each row, one for each of `places`, at most ``maximumRows`` rows.
  ///   - places: the columns of the words, ascending.
  ///   - latents: rows x as many as `deviations`.
  /// - Returns: nil if no column has few words.
  init?(_ words: [[String]], places: [Int], latents: [Float], deviations: [Float]) {
    rows = min(words.count, Self.maximumRows)
    let all = deviations.count
    latentsPerRow = min(all, Self.maximumLatents)
    guard latentsPerRow > 0, latents.count >= rows * all else { return nil }
    var scaled: [Int8] = []
    for row in 0..<rows {
      scaled += Self.scaled(latents[row * all..<(row + 1) * all], deviations, latentsPerRow)
    }
    self.latents = scaled
    for (index, place) in places.enumerated() {
      let own = words.prefix(rows).map { $0[index] }
      let distinct = Set(own).sorted()
      // A word that seldom occurs twice names its row.
      guard distinct.count <= Self.maximumWords, 2 * distinct.count <= rows,
        distinct.allSatisfy({ $0.utf8.count <= Self.maximumBytes })
      else { continue }
      let choices = own.map { word in UInt8(distinct.firstIndex(of: word) ?? 0) }
      columns.append(Column(place: place, words: distinct, choices: choices))
    }
    if columns.isEmpty { return nil }
  }

  /// Latents as whole numbers.
  private static func scaled(
    _ latents: ArraySlice<Float>, _ deviations: [Float], _ count: Int
  ) -> [Int8] {
    zip(latents, deviations).prefix(count).map { latent, deviation in
      let number = latent / (deviation * unit)
      return number.isFinite ? Int8(max(-127, min(127, number.rounded()))) : 0
    }
  }

  /// The words of the row whose latents are nearest, one for each column.
  func words(near latents: ArraySlice<Float>, deviations: [Float]) -> [String] {
    let wanted = Self.scaled(latents, deviations, latentsPerRow)
    var (nearest, least) = (0, Int.max)
    for row in 0..<rows {
      var sum = 0
      for (i, number) in wanted.enumerated() {
        let distance = Int(number) - Int(self.latents[row * latentsPerRow + i])
        sum += distance * distance
      }
      if sum < least { (nearest, least) = (row, sum) }
    }
    return columns.map { $0.words[Int($0.choices[nearest])] }
  }
}

extension RowLabels {
  /// Bytes: rows, latents of a row and columns, as counts; for each column its place, the number of its words, each word
  /// with its length before it, and a byte for each row; then the latents.
  func encode() -> [UInt8] {
    var w = ByteWriter()
    w.append(count: rows)
    w.append(count: latentsPerRow)
    w.append(count: columns.count)
    for column in columns {
      w.append(count: column.place)
      w.append(count: column.words.count)
      for word in column.words {
        let bytes = ByteText.bytes(of: word)
        w.append(count: bytes.count)
        w.append(bytes)
      }
      w.append(column.choices)
    }
    w.append(latents.map { UInt8(bitPattern: $0) })
    return w.bytes
  }

  /// Reads what ``encode()`` wrote; nil for anything else, and for columns that the table has not or that are modelled.
  init?(_ bytes: [UInt8], of table: FittedColumns) {
    var r = ByteReader(bytes)
    do throws(ByteReader.Failure) {
      (rows, latentsPerRow) = (try r.count(), try r.count())
      let count = try r.count()
      guard (1...Self.maximumRows).contains(rows), (1...Self.maximumLatents).contains(latentsPerRow),
        count <= table.isModelled.count
      else { return nil }
      for _ in 0..<count {
        let (place, words) = (try r.count(), try r.count())
        guard place > columns.last?.place ?? -1, place < table.isModelled.count, !table.isModelled[place],
          (1...Self.maximumWords).contains(words)
        else { return nil }
        var column = Column(place: place, words: [], choices: [])
        for _ in 0..<words { column.words.append(ByteText.text(of: try r.take(try r.count()))) }
        column.choices = Array(try r.take(rows))
        guard column.choices.allSatisfy({ Int($0) < words }) else { return nil }
        columns.append(column)
      }
      latents = try r.take(rows * latentsPerRow).map { Int8(bitPattern: $0) }
      guard r.remaining == 0 else { return nil }
    } catch {
      return nil
    }
  }
}
