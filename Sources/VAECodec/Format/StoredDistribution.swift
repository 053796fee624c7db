import ByteIO

/// The distribution of numbers, as some values (edges) and how many numbers are at most each.
///
/// The counts are those at the rounded edges, so tests at the edges are exact whatever an edge is rounded to.
struct StoredDistribution: Equatable, Sendable {
  /// The number of numbers.
  let count: Int
  /// In strictly ascending order.
  let edges: [Float]
  /// For each edge, the number of numbers that are at most it: ascending, at most ``count``.
  let counts: [Int]
  let mean: Double
  /// The standard deviation.
  let deviation: Double

  /// An edge keeps the upper three bytes of a binary32 number.
  private static let droppedBits: UInt32 = 8

  /// Takes quantiles of `numbers` as edges; those that are not finite do not count.
  ///
  /// - Parameter most: the maximum number of edges, at least 2. The lowest and the highest number are among them.
  init(of numbers: [Double], edges most: Int) {
    let sorted = numbers.filter(\.isFinite).sorted()
    count = sorted.count
    let n = Double(max(1, sorted.count))
    let mean = sorted.reduce(0, +) / n
    self.mean = mean
    deviation = (sorted.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / n).squareRoot()
    var edges: [Float] = []
    for i in 0..<(sorted.isEmpty ? 0 : most) {
      guard let edge = Self.roundedUp(sorted[i * (sorted.count - 1) / (most - 1)]) else { continue }
      if edges.last.map({ $0 < edge }) ?? true { edges.append(edge) }
    }
    self.edges = edges
    var (counts, below): ([Int], Int) = ([], 0)
    for edge in edges {
      while below < sorted.count, sorted[below] <= Double(edge) { below += 1 }
      counts.append(below)
    }
    self.counts = counts
  }

  /// The smallest storable number that is at least `x`; nil beyond binary32.
  private static func roundedUp(_ x: Double) -> Float? {
    var number = Float(x)
    if Double(number) < x { number = number.nextUp }
    let unit: UInt32 = 1 << droppedBits
    var bits = number.bitPattern
    if number > 0 { bits = (bits + unit - 1) & ~(unit - 1) } else { bits &= ~(unit - 1) }
    let edge = Float(bitPattern: bits)
    return edge.isFinite ? edge == 0 ? 0 : edge : nil
  }

  /// The number of edges below `x`: the interval that it is in.
  func interval(of x: Double) -> Int {
    var (low, high) = (0, edges.count)
    while low < high {
      let middle = (low + high) / 2
      if Double(edges[middle]) < x { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// How many of the numbers are at least `x`, interpolated between edges and never too few at an edge.
  func atLeast(_ x: Double) -> Double {
    let i = interval(of: x)
    guard i > 0 else { return Double(count) }
    guard i < edges.count else { return Double(count - (counts.last ?? 0)) }
    let (low, high) = (Double(edges[i - 1]), Double(edges[i]))
    let within = Double(max(0, counts[i] - counts[i - 1] - 1))
    return Double(count - counts[i - 1]) - within * (x - low) / (high - low)
  }

  func encode(to w: inout ByteWriter) {
    w.append(count: count)
    w.append(Float(mean))
    w.append(Float(deviation))
    w.append(count: edges.count)
    var before = 0
    for (edge, count) in zip(edges, counts) {
      let bits = edge.bitPattern >> Self.droppedBits
      w.append((0..<3).map { UInt8(truncatingIfNeeded: bits >> (8 * $0)) })
      w.append(count: count - before)
      before = count
    }
  }

  /// Nil if the bytes are not what ``encode(to:)`` writes.
  init?(_ r: inout ByteReader) {
    do {
      count = try r.count()
      mean = Double(try r.float())
      deviation = Double(try r.float())
      let size = try r.count()
      guard count <= ModelMetadata.maximumRows, mean.isFinite, deviation.isFinite, deviation >= 0,
        // Each edge takes four bytes at least.
        size <= r.remaining / 4
      else { return nil }
      var (edges, counts): ([Float], [Int]) = ([], [])
      for _ in 0..<size {
        let bytes = Array(try r.take(3))
        let bits = bytes.enumerated().reduce(UInt32(0)) { $0 | UInt32($1.element) << (8 * UInt32($1.offset)) }
        let edge = Float(bitPattern: bits << Self.droppedBits)
        let more = try r.count()
        let before = counts.last ?? 0
        guard edge.isFinite, edges.last.map({ $0 < edge }) ?? true, more <= count - before else { return nil }
        edges.append(edge)
        counts.append(before + more)
      }
      self.edges = edges
      self.counts = counts
    } catch {
      return nil
    }
  }
}
