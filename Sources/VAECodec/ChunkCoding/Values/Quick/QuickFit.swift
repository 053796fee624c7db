import EntropyCoding

/// Finds the weights of predictors on some of the values of a chunk: least squares, weighted so that the largest errors count less
/// (two rounds), for several sets of neighbours. Only encoders use it; all operations are exact or IEEE-754 in a fixed order.
struct QuickFit {
  private let field: QuickField
  private let column: Int
  private let isFree: Bool
  private let neighbours: [Int]
  private let baseNeighbours: [Int]
  /// The inputs: neighbours but the anchor, those of the model's reconstruction, and the center.
  private let inputs: Int
  private let anchor: Int
  /// The places of the values that weights are found on.
  private var places: [Int] = []
  private var center: Int64 = 0
  private var matrix: [Double]
  private var vector: [Double]
  private var weightSum = 0.0
  private let weightTime: Double

  /// The values of a wide chunk, and the least of a column.
  private static let (wideValues, columnValues) = (4096, 512)
  private static let rounds = 2
  /// The noise that steps from predictions add to positions, and the shares of it that are tried.
  private static let noise = Double(QuickPass.step * QuickPass.step) / 12
  private static let noiseShares = [0.03, 0.25, 1]
  /// The bits of a weight over the values.
  private static let weightBits = 14.0
  /// The bits of a value that a weight has to save in a byte of the type, because it takes time.
  private static let weightTime = 0.004
  private static let leastValues = 8

  /// - Parameters:
  ///   - field: the positions of some of the chunk's values.
  ///   - column: of a narrow chunk.
  ///   - isFree: whether names are steps from predictions.
  ///   - bytes: those of a value.
  init(_ field: QuickField, column: Int, isFree: Bool, bytes: Int) {
    weightTime = Self.weightTime / Double(bytes)
    (self.field, self.column, self.isFree) = (field, column, isFree)
    let layout = field.layout
    neighbours = layout.neighbours(column: column)
    baseNeighbours = field.base == nil ? [] : layout.baseNeighbours(column: column)
    anchor = neighbours[0]
    inputs = neighbours.count + baseNeighbours.count
    matrix = [Double](repeating: 0, count: inputs * inputs)
    vector = [Double](repeating: 0, count: inputs)
    let width = layout.shape.width
    let firstRow = layout.rows > 3 ? 1 : 0
    if layout.shape.isNarrow {
      let rows = layout.rows - firstRow
      let most = max(Self.columnValues, 2 * Self.wideValues / width)
      // Runs of rows, because rows beside each other are the test.
      let step = (rows + most - 1) / max(1, most)
      places = (0..<rows).filter { $0 / 16 % max(1, step) == 0 }.map { layout.start(firstRow + $0) + column }
    } else {
      let count = (layout.rows - firstRow) * width
      let step = max(1, (count + Self.wideValues - 1) / Self.wideValues)
      places = stride(from: 0, to: count, by: step).map {
        layout.start(firstRow + $0 / width) + $0 % width
      }
    }
    var sum = 0.0
    for place in places { sum += Double(field.positions[place]) }
    center = ValueGrid.whole(sum / Double(max(1, places.count)))
  }

  /// The predictors that seem best, the best first; at least one.
  ///
  /// - Parameter values: the number of values of the column in the chunk.
  mutating func predictors(_ count: Int, values: Int) -> [QuickPredictor] {
    var base = QuickPredictor()
    base.center = center
    base.weights = [Int64](repeating: 0, count: neighbours.count)
    base.baseWeights = [Int64](repeating: 0, count: baseNeighbours.count)
    guard places.count >= Self.leastValues else { return [base] }
    var found: [(predictor: QuickPredictor, cost: Double)] = []
    func consider(_ predictor: QuickPredictor) {
      let used = (predictor.weights + predictor.baseWeights).count { $0 != 0 }
      found.append(
        (
          predictor,
          cost(predictor) + Self.weightBits * Double(used) / Double(values) + weightTime * Double(used)
        ))
    }
    consider(base)
    var other = base
    other.centerWeight = 1 << QuickPredictor.weightBits
    consider(other)
    if !field.layout.shape.isNarrow {
      other = base
      other.isAnchoredAbove = true
      consider(other)
    }
    if !baseNeighbours.isEmpty {
      other = base
      other.baseWeights[0] = 1 << QuickPredictor.weightBits
      consider(other)
    }
    if findMatrix() {
      for set in sets() {
        for share in isFree ? Self.noiseShares : [0] {
          if let predictor = predictor(set, share, base) { consider(predictor) }
        }
      }
    }
    let order = found.indices.sorted { (found[$0].cost, $0) < (found[$1].cost, $1) }
    return order.prefix(count).map { found[$0].predictor }
  }

  /// Sets of neighbours, by their numbers.
  private func sets() -> [[Int]] {
    let count = neighbours.count
    var sets = [1..<min(4, count), 1..<min(8, count), 1..<min(13, count), 1..<count].map { Array($0) }
    // Those of the same row, or column.
    let stride = field.layout.stride
    sets.append(
      (1..<count).filter {
        field.layout.shape.isNarrow ? neighbours[$0] % stride == 0 : neighbours[$0] > -min(16, stride)
      })
    var known: [[Int]] = []
    for set in sets where !set.isEmpty && !known.contains(set) { known.append(set) }
    return known
  }

  /// The mean bits of errors, about.
  private func cost(_ predictor: QuickPredictor) -> Double {
    let columns = QuickColumns(field.layout, column: column, predictor)
    defer { withExtendedLifetime(columns) {} }
    let base = field.base ?? field.positions
    var sum = 0
    for place in places {
      let prediction = columns.columns.pointee.predict(field.positions + place, base + place)
      let error = (field.positions[place] &<< 4 &- prediction).magnitude >> (isFree ? 11 : 3) &+ 1
      // The logarithm in 64ths: the leading bit, and the six after it.
      let octave = 63 - error.leadingZeroBitCount
      sum += 64 * octave + Int(octave > 6 ? error >> UInt64(octave - 6) : error << UInt64(6 - octave)) - 64
    }
    return Double(sum) / 64 / Double(places.count)
  }

  /// The inputs of a value, and the value, relative to the anchor.
  @inline(__always)
  private func setInputs(_ place: Int, _ output: UnsafeMutablePointer<Double>) -> Double {
    let position = field.positions + place
    let a = position[anchor]
    var next = 0
    for neighbour in neighbours.dropFirst() {
      output[next] = Double(position[neighbour] &- a)
      next += 1
    }
    if let base = field.base {
      for neighbour in baseNeighbours {
        output[next] = Double(base[place + neighbour] &- a)
        next += 1
      }
    }
    output[next] = Double(center &- a)
    return Double(position[0] &- a)
  }

  /// Sums products of inputs, weighted by the inverse of the error of the round before.
  private mutating func findMatrix() -> Bool {
    let (all, count) = (inputs, places.count)
    let memory = ZeroedMemory<Double>(count: (count + 1) * (all + 1))
    let rows = memory.pointer
    defer { withExtendedLifetime(memory) {} }
    for (k, place) in places.enumerated() {
      let row = rows + k * (all + 1)
      row[all] = setInputs(place, row)
    }
    var (weights, scale): ([Double]?, Double) = (nil, 0)
    for _ in 0..<Self.rounds {
      let matrix = ZeroedMemory<Double>(count: all * all)
      let vector = ZeroedMemory<Double>(count: all)
      defer { withExtendedLifetime((matrix, vector)) {} }
      var errors = 0.0
      weightSum = 0
      for k in 0..<count {
        let row = rows + k * (all + 1)
        var error = row[all]
        if let weights { for i in 0..<all { error -= weights[i] * row[i] } }
        let weight = 1 / (error.magnitude + (weights == nil ? 1 : scale))
        errors += error.magnitude
        weightSum += weight
        for i in 0..<all {
          let own = weight * row[i]
          let line = matrix.pointer + i * all
          for j in 0...i { line[j] += own * row[j] }
          vector.pointer[i] += own * row[all]
        }
      }
      for i in 0..<all {
        for j in 0..<i { matrix.pointer[j * all + i] = matrix.pointer[i * all + j] }
      }
      self.matrix = (0..<all * all).map { matrix.pointer[$0] }
      self.vector = (0..<all).map { vector.pointer[$0] }
      scale = 0.5 * errors / Double(count) + (isFree ? 1 : 0.05)
      weights = solution(Array(0..<all), share: isFree ? 0.3 : 0)
      guard weights != nil else { return false }
    }
    return true
  }

  /// The weights of some inputs, the center last.
  private func solution(_ chosen: [Int], share: Double) -> [Double]? {
    let count = chosen.count
    var (a, b) = ([Double](repeating: 0, count: count * count), [Double](repeating: 0, count: count))
    let noise = weightSum * share * Self.noise
    for (i, row) in chosen.enumerated() {
      for (j, column) in chosen.enumerated() { a[i * count + j] = matrix[row * inputs + column] + noise }
      let own = matrix[row * inputs + row]
      a[i * count + i] += (row < inputs - 1 ? noise : 0) + 1e-9 * own + 1e-12 * weightSum
      b[i] = vector[row] + noise
    }
    for i in 0..<count {
      let pivot = a[i * count + i]
      guard pivot > 0, pivot.isFinite else { return nil }
      for k in i + 1..<count {
        let factor = a[k * count + i] / pivot
        for j in i..<count { a[k * count + j] -= factor * a[i * count + j] }
        b[k] -= factor * b[i]
      }
    }
    for i in (0..<count).reversed() {
      for j in i + 1..<count { b[i] -= a[i * count + j] * b[j] }
      b[i] /= a[i * count + i]
    }
    return b
  }

  private func predictor(_ set: [Int], _ share: Double, _ base: QuickPredictor) -> QuickPredictor? {
    let others = neighbours.count - 1..<inputs
    guard let weights = solution(set.map { $0 - 1 } + others, share: share) else { return nil }
    var predictor = base
    func rounded(_ weight: Double) -> Int64? {
      let number = weight * Double(1 << QuickPredictor.weightBits)
      guard number.magnitude < QuickPredictor.largestWeight else { return nil }
      return ValueGrid.whole(number)
    }
    for (place, weight) in zip(set, weights) {
      guard let weight = rounded(weight) else { return nil }
      predictor.weights[place] = weight
    }
    for (place, weight) in weights.dropFirst(set.count).enumerated() {
      guard let weight = rounded(weight) else { return nil }
      if place < baseNeighbours.count {
        predictor.baseWeights[place] = weight
      } else {
        predictor.centerWeight = weight
      }
    }
    return predictor
  }
}
