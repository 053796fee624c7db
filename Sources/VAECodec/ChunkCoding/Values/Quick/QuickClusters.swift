import EntropyCoding

/// Finds out which contexts may share a distribution (as in JPEG XL): merges counts as long as that takes fewer bits, those of the
/// distribution's weights included.
///
/// Contexts follow one another by size, so each is compared with the last few first; those left are sorted by their mean token,
/// and compared with their neighbours; the few left then, each with each.
struct QuickClusters {
  private let tokens: Int
  private var counts: [UInt32]
  /// The bits of a cluster's tokens, and those of its weights.
  private var bits: [Double]
  /// The cluster that one was merged into, or itself.
  private var parents: [Int]
  private var alive: [Int] = []
  private var logarithms = QuickLogarithms.shared

  private static let (reach, sortedReach, sorts, pairs) = (6, 3, 8, 40)

  private init(_ histogram: QuickHistogram) {
    tokens = histogram.tokens
    let count = histogram.counts.count / QuickToken.count
    counts = []
    counts.reserveCapacity(count * tokens)
    for place in 0..<count {
      counts += histogram.counts[place * QuickToken.count..<place * QuickToken.count + tokens]
    }
    parents = Array(0..<count)
    bits = [Double](repeating: 0, count: count)
    for cluster in 0..<count { bits[cluster] = cost(cluster, nil) }
  }

  /// The tables for the counts.
  static func tables(_ histogram: QuickHistogram) -> QuickTables {
    var clusters = QuickClusters(histogram)
    clusters.mergeInOrder()
    clusters.mergeSorted()
    clusters.mergePairs()
    return clusters.tables(histogram)
  }

  /// The bits of a cluster, or of two together.
  private func cost(_ a: Int, _ b: Int?) -> Double {
    counts.withUnsafeBufferPointer { counts in
      guard let all = counts.baseAddress else { return 0 }
      let own = all + a * tokens
      let other = b.map { all + $0 * tokens }
      var (sum, result): (UInt32, Double) = (0, 4)
      var wasEmpty = false
      for token in 0..<tokens {
        let count = own[token] &+ (other?[token] ?? 0)
        if count > 0 {
          sum &+= count
          result += 4 - logarithms.weighted(count)
          wasEmpty = false
        } else {
          result += wasEmpty ? 0.3 : 2
          wasEmpty = true
        }
      }
      return result + logarithms.weighted(sum)
    }
  }

  private func gain(_ a: Int, _ b: Int) -> Double { bits[a] + bits[b] - cost(a, b) }

  private mutating func merge(_ b: Int, into a: Int) {
    bits[a] = cost(a, b)
    for token in 0..<tokens { counts[a * tokens + token] &+= counts[b * tokens + token] }
    parents[b] = a
  }

  /// Merges each of `clusters` into the best of the last few before it.
  private mutating func merge(_ clusters: [Int], reach: Int) {
    alive = []
    for cluster in clusters {
      var (best, most): (Int?, Double) = (nil, -1)
      for other in alive.suffix(reach) {
        let own = gain(other, cluster)
        if own > most { (best, most) = (other, own) }
      }
      if let best { merge(cluster, into: best) } else { alive.append(cluster) }
    }
  }

  private mutating func mergeInOrder() { merge(Array(parents.indices), reach: Self.reach) }

  private mutating func mergeSorted() {
    for pass in 0..<Self.sorts where alive.count > Self.pairs {
      let before = alive.count
      let keys = alive.map { cluster in
        var (sum, count) = (0.0, 0.0)
        for token in 0..<tokens {
          let own = Double(counts[cluster * tokens + token])
          sum += own * Double(token)
          count += own
        }
        // By turns, the mean token and the bits of a token.
        return (key: (pass % 2 == 0 ? sum : bits[cluster]) / max(1, count), cluster: cluster)
      }
      merge(
        keys.sorted { ($0.key, $0.cluster) < ($1.key, $1.cluster) }.map(\.cluster), reach: Self.sortedReach)
      if alive.count == before, pass % 2 == 1 { break }
    }
  }

  private mutating func mergePairs() {
    if alive.count <= 2 * Self.pairs {
      var gains = [[Double]](repeating: [], count: alive.count)
      for a in alive.indices { gains[a] = (0..<a).map { gain(alive[a], alive[$0]) } }
      var isLeft = [Bool](repeating: true, count: alive.count)
      while true {
        var (best, most): ((Int, Int)?, Double) = (nil, 0)
        for a in alive.indices where isLeft[a] {
          for b in 0..<a where isLeft[b] && gains[a][b] > most { (best, most) = ((a, b), gains[a][b]) }
        }
        guard let (a, b) = best else { break }
        merge(alive[a], into: alive[b])
        isLeft[a] = false
        for c in alive.indices where isLeft[c] && c != b {
          gains[max(b, c)][min(b, c)] = gain(alive[b], alive[c])
        }
      }
      alive = alive.indices.filter { isLeft[$0] }.map { alive[$0] }
    }
    // More than can be told apart: the last go to the one before, which is alike.
    while alive.count > QuickTables.maximumClusters {
      let last = alive.removeLast()
      merge(last, into: alive[alive.count - 1])
    }
  }

  private func tables(_ histogram: QuickHistogram) -> QuickTables {
    var numbers = [Int](repeating: -1, count: parents.count)
    var tables = QuickTables(
      tokens: tokens, clusters: [UInt8](repeating: 0, count: histogram.used.count), weights: [])
    var next = 0
    for (context, place) in histogram.places.enumerated() where place >= 0 {
      var cluster = Int(place)
      while parents[cluster] != cluster { cluster = parents[cluster] }
      if numbers[cluster] < 0 {
        numbers[cluster] = next
        next += 1
        let own = counts[cluster * tokens..<(cluster + 1) * tokens]
        let sum = own.reduce(0, &+)
        tables.weights += own.map { QuickTables.weight($0, of: sum) }
      }
      tables.clusters[context] = UInt8(numbers[cluster])
    }
    return tables
  }
}

/// n log2 n, by a table for small numbers; exact operations alone, so that all machines choose the same.
struct QuickLogarithms: Sendable {
  static let shared = QuickLogarithms()
  private let small: [Double]

  private init() {
    small = (0..<4096).map { $0 == 0 ? 0 : Double($0) * Double(binaryLogarithm(Float($0))) }
  }

  @inline(__always)
  func weighted(_ number: UInt32) -> Double {
    number < 4096 ? small[Int(number)] : Double(number) * Double(binaryLogarithm(Float(number)))
  }
}
