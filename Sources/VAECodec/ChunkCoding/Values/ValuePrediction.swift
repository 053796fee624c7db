import CKernels
import EntropyCoding

/// Predicts the numbers of a chunk, in the units of their columns, and tells how far predictions are usually off.
///
/// Four recursive least squares (``ValueShape/predictors(column:)``), the value above and the plane through the neighbours are blended by the
/// inverse of their recent errors to the fourth power (as in Meyer and Tischer, "TMW", 1997, and later coders of images). The
/// expected error of each is its mean error in the column, times what the mean has meant at such errors of neighbours.
///
/// Buffers are pointers, because they are used for every value; all indices are within the margin.
struct ValuePrediction {
  /// The number of predictions; the blend follows as another.
  static let count = 6
  private static let all = count + 1
  /// Numbers between the inputs of two predictors.
  private static let room = LeastSquares.maximumInputs
  /// Levels of an error relative to the usual one; and of how the neighbours vary.
  static let (levels, variations) = (24, 16)

  private let shape: ValueShape
  private let predictors: [[LeastSquares]]
  private let offsets: [[Offsets]]
  private let segments: Int
  private let inputs: UnsafeMutablePointer<Double>
  /// The number of each value, its name, and the distance of that from the expected one; and the errors of predictions.
  let numbers: UnsafeMutablePointer<Double>
  let names: UnsafeMutablePointer<Int64>
  let distances: UnsafeMutablePointer<Int64>
  private let errors: [UnsafeMutablePointer<Float>]
  /// For each prediction the mean error at each place of a row; and what errors have been at each level, in units of that.
  private let places: Int
  private let usual: UnsafeMutablePointer<Double>
  private let means: UnsafeMutablePointer<FadingMean>
  private let blendMeans: UnsafeMutablePointer<FadingMean>
  /// What the pointers point into.
  private let owners: [AnyObject]

  /// Offsets of inputs from a value, where it is far from the ends of its row, first those of values; and the taps.
  private struct Offsets {
    var taps: [Tap]
    var offsets: [Int]
    var values: Int
  }

  /// What the model expects of each value, in units of its column; nil without a model.
  let base: UnsafeMutablePointer<Double>?

  /// The value that is predicted.
  private(set) var blend = 0.0
  private(set) var predictions = SIMD8<Double>(repeating: 0)
  /// The expected error of each prediction, and that of the blend by its neighbours and how these vary.
  private(set) var scales = SIMD8<Double>(repeating: 1)
  private(set) var blendScale = 1.0
  /// The mean error of the blend in this column.
  var usualError: Double { usual[(Self.all - 1) * places + place] }
  /// The level of the blend's error, and how the neighbours vary.
  private(set) var (level, variation) = (0, 0)
  private var localErrors = SIMD8<Double>(repeating: 0)
  private var errorLevels = [Int](repeating: 0, count: 8)
  private var (index, row, column, place) = (0, 0, 0, 0)
  private var current: (predictors: Int, column: Int) = (0, 0)

  /// - Parameters:
  ///   - count: the number of values.
  ///   - base: what the model expects of each value, in units of its column; nil without a model.
  init(
    _ shape: ValueShape, count: Int, base expected: [Double]? = nil, kernels: UnsafePointer<vaec_kernels>
  ) {
    var owners: [AnyObject] = []
    func room<Element: BitwiseCopyable>(_ count: Int) -> UnsafeMutablePointer<Element> {
      let memory = ZeroedMemory<Element>(count: count)
      owners.append(memory)
      return memory.pointer
    }
    self.shape = shape
    let columns =
      (shape.isNarrow ? 0..<shape.width : 0..<1).map {
        shape.predictors(column: $0, hasBase: expected != nil)
      }
    offsets = columns.map { taps in
      taps.map { own in
        Offsets(
          taps: own.taps,
          offsets: own.taps.map { ($0.isPlane ? -shape.plane : $0.row * shape.width) + $0.place },
          values: own.taps.count { !$0.isBase })
      }
    }
    // The predictor of many neighbours is one of its own for each place of a wide row, the others are common.
    segments = shape.isNarrow ? shape.width : min(shape.width, 1024)
    var size = 0
    var sizes: [(column: Int, which: Int)] = []
    for which in 0..<4 {
      for segment in 0..<(which == 0 ? segments : columns.count) {
        let column = shape.isNarrow ? segment : 0
        sizes.append((column, which))
        size += LeastSquares.numbers(columns[column][which].taps.count + 1)
      }
    }
    var next: UnsafeMutablePointer<Double> = room(size)
    let states: UnsafeMutablePointer<vaec_least_squares> = room(sizes.count)
    var made: [[LeastSquares]] = [[], [], [], []]
    for (place, (column, which)) in sizes.enumerated() {
      let own = columns[column][which]
      let inputs = own.taps.count + 1
      let start = expected != nil ? Tap(base: 0, 0) : shape.isNarrow ? Tap(-1, 0) : Tap(0, -1)
      made[which].append(
        LeastSquares(
          inputs: inputs, first: own.taps.firstIndex(of: start) ?? 0, memory: own.memory, storage: next,
          state: states + place, kernels: kernels))
      next += LeastSquares.numbers(inputs)
    }
    predictors = made
    inputs = room(4 * Self.room)
    let margin = shape.margin
    numbers = room(margin + count) + margin
    names = room(margin + count) + margin
    distances = room(margin + count) + margin
    if let expected {
      let all: UnsafeMutablePointer<Double> = room(2 * margin + count)
      for (place, number) in expected.prefix(count).enumerated() { all[margin + place] = number }
      base = all + margin
    } else {
      base = nil
    }
    let all: UnsafeMutablePointer<Float> = room(Self.all * (margin + count))
    errors = (0..<Self.all).map { all + $0 * (margin + count) + margin }
    for k in 0..<Self.all { (errors[k] - margin).update(repeating: 0.01, count: margin) }
    places = min(shape.width, 4096)
    usual = room(Self.all * places)
    usual.update(repeating: 0.05, count: Self.all * places)
    means = room(Self.all * Self.levels)
    means.update(repeating: FadingMean(sum: 4, count: 4), count: Self.all * Self.levels)
    blendMeans = room(Self.levels * Self.variations)
    blendMeans.update(repeating: FadingMean(sum: 2, count: 2), count: Self.levels * Self.variations)
    self.owners = owners
  }

  /// A logarithmic level, four per octave, of a number that is not negative.
  @inline(__always)
  static func level(_ number: Double) -> Int {
    max(0, min(199, Int((number + 1e-30).bitPattern >> 50) - (1023 - 30) << 2))
  }

  /// The place of a predictor's prediction among all; that of the first is 0.
  @inline(__always)
  private static func prediction(of predictor: Int) -> Int { predictor == 1 ? 1 : predictor == 2 ? 5 : 4 }

  /// Copies the inputs of a predictor.
  @inline(__always)
  private func gather(_ own: Offsets, _ i: Int, _ j: Int, into inputs: UnsafeMutablePointer<Double>) {
    let width = shape.width
    own.offsets.withUnsafeBufferPointer { offsets in
      if shape.isNarrow || j >= 8 && j + 8 < width {
        for m in 0..<own.values { inputs[m] = numbers[i + offsets[m]] }
        if let base {
          for m in own.values..<offsets.count { inputs[m] = base[i + offsets[m]] }
        }
      } else {
        // At the ends of a row, its last values stand for those beyond.
        for m in 0..<offsets.count {
          let tap = own.taps[m]
          let column = max(0, min(width - 1, j + tap.place))
          let origin = i + (tap.isPlane ? -shape.plane : tap.row * width)
          let place = origin + column - j
          if tap.isBase, let base {
            inputs[m] = base[place]
          } else {
            inputs[m] = numbers[place < i ? place : i - width]
          }
        }
      }
      inputs[offsets.count] = 1
      for m in offsets.count + 1..<(offsets.count + 4) & ~3 { inputs[m] = 0 }
    }
  }

  /// Predicts value `i`, at place `j` of a row.
  mutating func predict(_ i: Int, row: Int, place j: Int) {
    (index, self.row, column) = (i, row, j)
    place = j < places ? j : j % places
    let width = shape.width
    current = (shape.isNarrow ? j : j * segments / width, shape.isNarrow ? j : 0)
    let own = offsets[current.column]
    for which in 0..<4 { gather(own[which], i, j, into: inputs + which * Self.room) }
    var p = SIMD8<Double>(repeating: 0)
    p[0] = predictors[0][current.predictors].predict(inputs)
    for which in 1..<4 {
      p[Self.prediction(of: which)] = predictors[which][current.column].predict(
        inputs + which * Self.room)
    }
    let neighbours = shape.neighbours(of: i, place: j)
    let (above, left, left2, corner, other) = neighbours
    if let base {
      p[2] = base[i]
      p[3] = base[i] + (shape.isNarrow ? numbers[above] - base[above] : numbers[left] - base[left])
    } else {
      p[2] = numbers[above]
      p[3] =
        shape.isNarrow
        ? 2 * numbers[above] - numbers[above - width] : numbers[left] + numbers[above] - numbers[corner]
    }
    predictions = p
    let (far, farther) = (above - width, above - 2 * width)
    var (weights, sum) = (0.0, 0.0)
    for k in 0..<Self.all {
      let e = errors[k]
      let local: Double
      if shape.isNarrow {
        local = (2 * Double(e[above]) + Double(e[far]) + Double(e[farther])) * 0.25
      } else {
        let near = 2 * Double(e[left]) + 2 * Double(e[above])
        local = (near + Double(e[left2]) + Double(e[corner]) + Double(e[other]) + Double(e[far])) * 0.125
      }
      localErrors[k] = local
      let usual = self.usual[k * places + place]
      let level = max(0, min(Self.levels - 1, (Self.level(local) - Self.level(usual)) / 2 + 12))
      errorLevels[k] = level
      scales[k] = usual * means[k * Self.levels + level].value
      if k < Self.count {
        let expected = 0.5 * local + 0.5 * usual + 1e-9
        let inverse = 1 / (expected * expected)
        let weight = inverse * inverse
        weights += weight
        sum += weight * p[k]
      }
    }
    let mean = sum / weights
    blend = mean.magnitude <= 1e15 ? mean : 0
    level = errorLevels[Self.count]
    setVariation(i, j, neighbours)
    blendScale = usualError * blendMeans[level * Self.variations + variation].value
  }

  /// How much the neighbours vary, or how far the columns before were off.
  @inline(__always)
  private mutating func setVariation(_ i: Int, _ j: Int, _ neighbours: ValueShape.Neighbours) {
    let own = usual + Self.count * places
    var sum: Double
    if shape.isNarrow {
      let e = errors[Self.count]
      if j == 0 {
        sum = Double(e[i - 1]) / own[shape.width - 1]
      } else {
        sum = Double(e[i - 1]) / own[j - 1]
        if j > 1 { sum += 0.5 * Double(e[i - 2]) / own[j - 2] }
      }
    } else {
      let (above, left, _, corner, other) = neighbours
      let differences =
        (numbers[left] - numbers[corner]).magnitude + (numbers[above] - numbers[corner]).magnitude
        + (numbers[above] - numbers[other]).magnitude
      sum = differences / (own[place] + 1e-12) * 0.5
    }
    variation = max(0, min(Self.variations - 1, (Self.level(sum) - Self.level(0.125)) >> 1))
  }

  /// Records that the value is coded by its bits alone; it is taken for what was predicted.
  mutating func skip(name: Int64) {
    numbers[index] = blend
    names[index] = name
    for k in 0..<Self.all { errors[k][index] = Float(min(localErrors[k], 1e30)) }
  }

  /// Records the value, and adapts.
  ///
  /// - Parameters:
  ///   - number: in units of the column.
  ///   - least: the smallest error that counts.
  mutating func settle(number: Double, name: Int64, distance: Int64, least: Double) {
    let number = number.magnitude <= 1e100 ? number : 0
    numbers[index] = number
    names[index] = name
    distances[index] = distance
    predictors[0][current.predictors].learn(inputs, error: number - predictions[0])
    for which in 1..<4 {
      predictors[which][current.column].learn(
        inputs + which * Self.room, error: number - predictions[Self.prediction(of: which)])
    }
    let pace = max(shape.isNarrow ? 0.03 : 0.06, 1 / (Double(row) + 1.5))
    let floor = least * 0.02 + 1e-12
    for k in 0..<Self.all {
      let error = min((number - (k < Self.count ? predictions[k] : blend)).magnitude, 1e30)
      errors[k][index] = Float(error)
      let own = usual + k * places + place
      let relative = error / own.pointee
      means[k * Self.levels + errorLevels[k]].add(relative)
      if k == Self.count { blendMeans[level * Self.variations + variation].add(relative) }
      let next = own.pointee + (error - own.pointee) * pace
      // NaN counts as less.
      own.pointee = next >= floor ? next : floor
    }
  }
}
