import EntropyCoding
import Records

/// Some rows of a chunk, on which an encoder finds the settings of the quick coder.
struct QuickSample {
  let values: GridCoder
  private let batch: SampleBatch
  private let base: [Double]?
  private let numbers: [Double]
  /// The number of values of each column in the chunk.
  let valuesPerColumn: Int
  private let choice: ValuePlanChoice

  /// How often names are found again, if many values lack one.
  static let attempts = 3
  /// The values of a sample, its runs of rows, and the least rows of a run.
  private static let (sampleValues, runs, runRows, leastRows) = (1 << 14, 4, 16, 3)
  private static let names = ValuePlanChoice.Trial(dictionaryShare: 0, treeBits: 0)
  private static let dictionaries = ValuePlanChoice.Trial(dictionaryShare: 8, treeBits: 0)
  private static let free = ValuePlanChoice.Trial(isFree: true, dictionaryShare: 0, treeBits: 0)
  /// Outliers are at most one in so many numbers, and larger than the others by such a power of 2.
  private static let (outliers, far) = (500, 4)
  /// The bits of scaled positions.
  private static let scaledBits = 42

  init(_ values: GridCoder, _ batch: SampleBatch, _ base: [Double]?) {
    self.values = values
    valuesPerColumn = batch.valueCount / max(1, values.shape.columns)
    let perRow = max(1, batch.valuesPerSample)
    let most = max(Self.sampleValues, min(2 * Self.sampleValues, batch.valueCount / 10))
    // Runs of a few rows would be mostly their beginnings.
    let runs = max(1, min(Self.runs, most / (Self.runRows * perRow)))
    let runRows = max(Self.leastRows, most / runs / perRow)
    if runs * runRows >= batch.rows {
      (self.batch, self.base) = (batch, base)
    } else {
      let starts = (0..<runs).map { (batch.rows - runRows) * (2 * $0 + 1) / (2 * runs) }
      let rowBytes = perRow * batch.elementType.size
      self.batch = SampleBatch(
        elementType: batch.elementType, valuesPerSample: batch.valuesPerSample,
        bytes: starts.flatMap { batch.bytes[$0 * rowBytes..<($0 + runRows) * rowBytes] })
      self.base = base.map { base in starts.flatMap { base[$0 * perRow..<($0 + runRows) * perRow] } }
    }
    numbers = self.batch.doubles()
    choice = ValuePlanChoice(values, Self.withoutOutliers(numbers, columns: values.shape.columns))
  }

  /// Numbers with NaN for those few that are far from all others, so that these do not decide on names.
  private static func withoutOutliers(_ numbers: [Double], columns: Int) -> [Double] {
    var result = numbers
    for column in 0..<columns {
      let places = stride(from: column, to: numbers.count, by: columns)
      var counts = [Int](repeating: 0, count: 2048)
      for place in places { counts[Int(numbers[place].magnitude.bitPattern >> 52)] += 1 }
      // The exponent that nearly all have at most; infinite numbers and those that are none do not count.
      var left = (places.underestimatedCount - counts[2047]) / outliers
      counts[2047] = 0
      guard var exponent = counts.lastIndex(where: { $0 > 0 }) else { continue }
      while exponent > 0, counts[exponent] <= left {
        left -= counts[exponent]
        exponent -= 1
      }
      let limit = exponent + far
      for place in places where Int(numbers[place].magnitude.bitPattern >> 52) > limit {
        result[place] = .nan
      }
    }
    return result
  }

  /// The settings that take the fewest bits on the sample.
  func bestSettings() -> QuickSettings {
    let names = plan(choice, Self.names)
    var candidates = [settings(names)]
    let scaled = candidates[0].exponents
    if scaled.contains(where: { $0 != nil }) {
      candidates.append(QuickSettings(plan: names, exponents: scaled.map { _ in nil }))
    }
    if !values.isLossless, !values.elementType.isInteger {
      let free = plan(choice, Self.free)
      if free != names { candidates.append(settings(free)) }
    }
    let few = withDictionaries(names)
    if few != names { candidates.append(settings(few)) }
    let trials = candidates.map { QuickSampleTrial(self, $0) }
    var bits = trials.map { $0.bits() }
    if few != names {
      // The whole chunk's dictionaries are larger, but not by as much as the chunk.
      let share = Double(numbers.count) / Double(valuesPerColumn * values.shape.columns)
      bits[bits.count - 1] += 2 * share.squareRoot() * few.columns.reduce(0) { $0 + Self.bits(of: $1) }
    }
    let best = bits.indices.min { bits[$0] < bits[$1] } ?? 0
    return trials[best].best(bits[best])
  }

  /// A plan with dictionaries for columns that seem to have few numbers.
  private func withDictionaries(_ names: ValuePlan) -> ValuePlan {
    guard values.isLossless, values.elementType.size > 1 else { return names }
    var result = names
    let few = plan(choice, Self.dictionaries)
    for (place, column) in few.columns.enumerated() {
      guard case .grid(let grid) = column.names, !grid.dictionary.isEmpty,
        grid.dictionary.count < numbers.count / values.shape.columns / 4
      else { continue }
      result.columns[place].names = column.names
    }
    return result
  }

  /// The bits of a dictionary, about.
  private static func bits(of column: ValuePlan.Column) -> Double {
    guard case .grid(let grid) = column.names else { return 0 }
    return zip(grid.dictionary, grid.dictionary.dropFirst()).reduce(0) {
      $0 + Double(66 - ($1.1 &- $1.0).leadingZeroBitCount)
    }
  }

  /// The dictionary of a column with more numbers; nil if these are not on its grid, or too many.
  private func completed(_ names: ValuePlan.Names, _ more: [Double], _ type: ElementType) -> ValuePlan.Names?
  {
    guard case .grid(let grid) = names, !grid.dictionary.isEmpty else { return nil }
    let plain = ValueGrid(grid.kind, type)
    let lost = Set(more.map { $0.bitPattern }).map { Double(bitPattern: $0) }
    guard lost.allSatisfy({ plain.holds($0) }) else { return nil }
    let all = Set(grid.dictionary + lost.map { plain.name(near: $0) }).sorted()
    return all.count <= valuesPerColumn / 8 ? .grid(ValueGrid(grid.kind, type, dictionary: all)) : nil
  }

  /// Settings with other names for columns that have too few, given some of their values that have none.
  func settings(_ settings: QuickSettings, for lost: [Int: [Double]], isLast: Bool) -> QuickSettings {
    var result = settings
    let columns = values.shape.columns
    var lost = lost
    for (column, more) in lost {
      let names = completed(settings.plan.columns[column].names, more, values.types[column])
      guard let names else { continue }
      result.plan.columns[column].names = names
      lost[column] = nil
    }
    if lost.isEmpty {
      // Only dictionaries have changed.
    } else if isLast {
      for column in lost.keys { result.plan.columns[column].names = ordered(column) }
    } else {
      var more = numbers
      let rows = lost.values.map(\.count).max() ?? 0
      let perRow = max(1, batch.valuesPerSample)
      for row in 0..<rows {
        for j in 0..<perRow {
          let own = lost[columns > 1 ? j : 0]
          more.append(own.flatMap { row < $0.count ? $0[row] : nil } ?? numbers[j])
        }
      }
      let names = plan(ValuePlanChoice(values, more), Self.names)
      for column in lost.keys { result.plan.columns[column].names = names.columns[column].names }
      result.plan.swapsBytes = names.swapsBytes
    }
    result.exponents = self.settings(result.plan).exponents
    let trial = QuickSampleTrial(self, result)
    return trial.best(trial.bits())
  }

  /// Names for all numbers of a column.
  private func ordered(_ column: Int) -> ValuePlan.Names {
    let type = values.types[column]
    return type.isInteger
      ? .grid(ValueGrid(.affine(offset: 0, step: 1, decimals: 0), type))
      : .grid(ValueGrid(.ordered(type), type))
  }

  private func plan(_ choice: ValuePlanChoice, _ trial: ValuePlanChoice.Trial) -> ValuePlan {
    var plan = choice.plan(trial)
    plan.hasColumnContexts = false
    for place in plan.columns.indices { plan.columns[place].unit = ValueUnit() }
    return plan
  }

  /// Settings with scales for columns whose names are bits.
  private func settings(_ plan: ValuePlan) -> QuickSettings {
    let columns = plan.columns.count
    let exponents = plan.columns.enumerated().map { place, column -> Int? in
      guard case .grid(let grid) = column.names, case .ordered = grid.kind, grid.dictionary.isEmpty else {
        return nil
      }
      var greatest = 0.0
      for k in stride(from: columns > 1 ? place : 0, to: numbers.count, by: columns) {
        let size = numbers[k].magnitude
        if size.isFinite, size > greatest { greatest = size }
      }
      guard greatest > 0 else { return nil }
      let range = ValueUnit.exponents
      return max(range.lowerBound, min(range.upperBound, Self.scaledBits - Int(greatest.exponent) - 1))
    }
    return QuickSettings(plan: plan, exponents: exponents)
  }

  /// The sample's positions; values without a name count as that before them.
  func field(_ namings: [QuickNaming], swaps: Bool) -> QuickField {
    let shape = values.shape
    let layout = QuickLayout(shape, rows: batch.valueCount / max(1, shape.width))
    let field = QuickField(layout, hasBase: base != nil)
    _ = batch.bytes.withUnsafeBytes {
      field.set($0, values.elementType, namings, swaps: swaps, isMark: nil)
    }
    base?.withUnsafeBufferPointer { if let first = $0.baseAddress { field.setBase(first, namings) } }
    for row in 0..<layout.rows {
      let start = layout.start(row)
      for place in start..<start + shape.width {
        let before = shape.isNarrow || place == start ? place - layout.stride : place - 1
        if field.positions[place] == QuickPass.nameless { field.positions[place] = field.positions[before] }
        if field.names[place] == QuickPass.nameless {
          (field.names[place], field.positions[place]) = (field.names[before], field.positions[before])
        }
      }
      for k in 0..<layout.border {
        field.positions[start - k - 1] = field.positions[start - layout.stride]
        field.positions[start + shape.width + k] = field.positions[start + shape.width - 1]
      }
    }
    return field
  }
}
