import ByteIO

/// The columns of a table that a model was fitted to, and which of them it models.
package struct FittedColumns: Equatable, Sendable {
  /// The names of all columns; nil if they have none.
  package var names: [String]?
  /// For each column, whether its values are the model's.
  package var isModelled: [Bool]
  /// For each modelled column, the digits after the point of its numbers, 0 to 9; nil for as many as reproduce them. Empty if
  /// none has a fixed number of digits.
  package var decimals: [Int?]

  package init(names: [String]?, isModelled: [Bool], decimals: [Int?] = []) {
    self.names = names
    self.isModelled = isModelled
    self.decimals = decimals.contains { $0 != nil } ? decimals : []
  }

  /// The columns of samples all of whose values are modelled.
  package init(all count: Int, names: [String]?, decimals: [Int?] = []) {
    self.init(names: names, isModelled: [Bool](repeating: true, count: count), decimals: decimals)
  }

  /// The columns of a kept text: those of numbers are modelled.
  package init(_ kept: KeptText, names: [String]?) {
    self.init(
      names: names, isModelled: kept.spellings.map { $0 != nil },
      decimals: kept.numberColumns.map { kept.spellings[$0]?.decimals })
  }

  /// How many columns are modelled.
  package var modelledCount: Int { isModelled.count { $0 } }

  /// The names of the modelled columns; nil if they have none.
  package var modelledNames: [String]? {
    names.map { names in names.indices.filter { isModelled[$0] }.map { names[$0] } }
  }

  /// The numbers of the modelled columns, from 1, where there are others between them; nil where there are none.
  package var modelledNumbers: [String]? {
    if modelledCount == isModelled.count { return nil }
    return isModelled.indices.filter { isModelled[$0] }.map { "\($0 + 1)" }
  }

  /// The place of a column, by its name or by its number from 1; nil if there is none. Names come first.
  package func place(of column: String) -> Int? {
    if let place = names?.firstIndex(of: column) { return place }
    guard let number = Int(column), (1...max(1, isModelled.count)).contains(number) else { return nil }
    return number - 1
  }

  /// For each column, the place of its value in a sample; nil where it has none.
  package var valuePlaces: [Int?] {
    var next = 0
    return isModelled.map { isModelled in
      guard isModelled else { return nil }
      defer { next += 1 }
      return next
    }
  }

  /// Which columns of another table the model takes: those of the same names, or in the same places where one of the tables
  /// has no names.
  ///
  /// - Parameters:
  ///   - others: the names of the table's columns; nil if they have none.
  ///   - count: how many it has.
  /// - Returns: nil where places decide and the number of columns differs.
  func choice(names others: [String]?, count: Int) throws(Mismatch) -> [Bool]? {
    guard let others, let wanted = modelledNames else {
      return count == isModelled.count ? isModelled : nil
    }
    var chosen = [Bool](repeating: false, count: count)
    var last = -1
    for name in wanted {
      guard let place = others[(last + 1)...].firstIndex(of: name) else {
        throw Mismatch(column: name, isReordered: others.contains(name))
      }
      chosen[place] = true
      last = place
    }
    return chosen
  }

  /// A column that another table lacks, or has before one that it should follow.
  struct Mismatch: Error {
    var column: String
    var isReordered: Bool
  }
}

extension FittedColumns {
  private static let (hasNames, hasDecimals): (UInt8, UInt8) = (1, 2)

  /// Bytes: the number of columns as a count, a bit for each, and whether names and decimals follow; each name with its
  /// length before it, and the decimals of a modelled column as a byte, 255 for nil.
  package func encode() -> [UInt8] {
    var w = ByteWriter()
    w.append(count: isModelled.count)
    w.append(bits: isModelled)
    w.append((names == nil ? 0 : Self.hasNames) | (decimals.isEmpty ? 0 : Self.hasDecimals))
    for name in names ?? [] {
      let bytes = ByteText.bytes(of: name)
      w.append(count: bytes.count)
      w.append(bytes)
    }
    for decimals in decimals { w.append(decimals.map { UInt8(clamping: $0) } ?? .max) }
    return w.bytes
  }

  /// Reads what ``encode()`` wrote; nil for anything else.
  package init?(_ bytes: [UInt8]) {
    var r = ByteReader(bytes)
    decimals = []
    do throws(ByteReader.Failure) {
      let count = try r.count()
      guard count <= KeptText.maximumColumns else { return nil }
      isModelled = try r.bits(count)
      let flags: UInt8 = try r.integer()
      guard flags <= Self.hasNames | Self.hasDecimals else { return nil }
      if flags & Self.hasNames != 0 {
        var names: [String] = []
        for _ in 0..<count { names.append(ByteText.text(of: try r.take(try r.count()))) }
        self.names = names
      }
      if flags & Self.hasDecimals != 0 {
        for _ in 0..<modelledCount {
          let digits: UInt8 = try r.integer()
          guard digits <= 9 || digits == .max else { return nil }
          decimals.append(digits == .max ? nil : Int(digits))
        }
      }
      guard r.remaining == 0 else { return nil }
    } catch {
      return nil
    }
  }
}
