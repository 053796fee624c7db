@testable import EntropyCoding

/// SplitMix64: the same numbers in every run.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }
}

/// Tables, and symbols that are drawn from them.
struct RandomPlanes {
  var tables: TableSet
  var rows: Int
  var symbols: [Int32]

  /// - Parameter weights: of one table a plane.
  init(weights: [[UInt32]], rows: Int, seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let tables = weights.map {
      FrequencyTable(lowest: -Int32($0.count / 2), weights: $0, escape: 0, rawBits: 0)
    }
    self.tables = TableSet(tables)
    self.rows = rows
    symbols = tables.flatMap { table in
      let listed = table.frequencies.dropLast().enumerated().flatMap { slot, frequency in
        repeatElement(table.lowest + Int32(slot), count: Int(frequency))
      }
      return (0..<rows).map { _ in listed[Int(generator.next() % UInt64(listed.count))] }
    }
  }

  /// Two-sided geometric weights: the probability falls by `ratio` from one symbol to the next.
  static func geometric(_ ratio: Double, reach: Int = 20) -> [UInt32] {
    var side: [UInt32] = []
    var weight = 4_000_000.0
    for _ in 0..<reach {
      weight *= ratio
      side.append(UInt32(weight))
    }
    return side.reversed() + [4_000_000] + side
  }

  /// Planes of 25 bits a row in all, like those of a fitted model.
  static func typical(rows: Int, seed: UInt64 = 1) -> RandomPlanes {
    RandomPlanes(
      weights: (0..<12).map { geometric(0.58 - 0.045 * Double($0)) } + (0..<20).map { _ in geometric(0.01) },
      rows: rows, seed: seed)
  }

  /// A few planes for tests that decode a chunk many times.
  static func small(rows: Int, seed: UInt64 = 1) -> RandomPlanes {
    RandomPlanes(weights: [0.5, 0.01, 0.2].map { geometric($0) }, rows: rows, seed: seed)
  }
}
