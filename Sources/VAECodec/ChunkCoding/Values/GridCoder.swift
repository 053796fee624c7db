import EntropyCoding
import Records
import Tensor

/// Codes the values of a chunk on the array's own grid, without a model: exactly, or within error bounds.
///
/// Each value is predicted from its neighbours, in the rows and planes before as well (``ValuePrediction``). What can be said of its
/// error makes eight distributions, which together with contexts and matches answer the questions that tell its name
/// (``NameQuestions``). A ``ValuePlan`` tells what names are.
///
/// Encoding and decoding are the same pass. Each chunk starts anew, so that chunks are independent.
struct GridCoder {
  /// The type that values are stored in, and that of each column, or of all values.
  let elementType: ElementType
  let types: [ElementType]
  let shape: ValueShape
  let valuesPerSample: Int
  /// The error bound of each column, or of all values; 0 for none.
  let bounds: [ValueBound]
  /// Values that are kept as they are.
  var known = KnownValues()
  let curves: SmoothLogistic
  /// All variants give the same bits.
  let kernels: Kernels
  /// The number of columns with names of their own: all values of a sample, or 1.
  let columns: Int
  /// Counts the values of a pass that is no trial; nil for none.
  private(set) var reported: CodedValues?
  /// The order of values on the grid of the array that samples are cut from; nil if they are its rows.
  private(set) var arrayOrder: ArrayOrder?

  /// - Parameters:
  ///   - bounds: of each column, or one for all values.
  ///   - types: those of columns, where they are not that of the samples.
  init(
    _ elementType: ElementType, sampleShape: [Int], bounds: [ValueBound], types: [ElementType]? = nil,
    curves: SmoothLogistic = SmoothLogistic(), kernels: Kernels = Kernels()
  ) {
    (self.elementType, self.bounds, self.curves) = (elementType, bounds, curves)
    self.kernels = kernels
    valuesPerSample = sampleShape.reduce(1, *)
    shape = ValueShape(sampleShape, isTable: bounds.count > 1 || types != nil)
    columns = bounds.count > 1 || types != nil ? valuesPerSample : shape.columns
    self.types = types ?? [ElementType](repeating: elementType, count: columns)
  }

  /// The coder of a stream's values.
  ///
  /// - Parameters:
  ///   - errorBound: its bounds by column are as many as values in a sample.
  ///   - known: tells which values are kept as they are.
  init(
    _ description: SampleDescription, _ errorBound: ErrorBound, _ known: KnownValues,
    _ kernels: Kernels = Kernels()
  ) {
    self.init(
      description.elementType, sampleShape: description.sampleShape, bounds: errorBound.bounds,
      types: description.columnTypes, kernels: kernels)
    self.known = known
    if columns == shape.columns { arrayOrder = description.array.flatMap { ArrayOrder($0.layout) } }
  }

  /// The same coder, which reports how many values are coded.
  func reporting(to reported: CodedValues?) -> GridCoder {
    var coder = self
    coder.reported = reported
    return coder
  }

  /// The coder of the same values as rows of the array.
  func ofArray(_ order: ArrayOrder) -> GridCoder {
    var coder = GridCoder(
      elementType, sampleShape: order.shape, bounds: bounds, curves: curves, kernels: kernels)
    coder.known = known
    coder.reported = reported
    return coder
  }

  private static let slotBits = 14...20

  /// The bytes of state for so many rows of a stream.
  ///
  /// - Parameter hasBase: whether a model's expectations are among the inputs.
  static func stateBytes(of description: SampleDescription, rows: Int, hasBase: Bool) -> Int {
    let perSample = description.valuesPerSample
    let values = MemoryLimit.sum((rows, perSample))
    let order = description.array.flatMap { ArrayOrder($0.layout) }
    let row = max(perSample, min(values, order?.valuesPerRow ?? 0))
    return MemoryLimit.sum(
      (values, (hasBase ? 104 : 80) + (order == nil ? 0 : 2 * MemoryLayout<Double>.size)),
      (ValueShape.margin(values: row), hasBase ? 80 : 64), (chunkBytes, 1))
  }

  /// The bytes of tables.
  private static let chunkBytes = 80 << 20

  /// Codes the values by a plan.
  ///
  /// - Parameters:
  ///   - plan: nil for a decoder.
  ///   - count: the number of values.
  ///   - base: what the model expects of each value; nil without a model.
  /// - Returns: false if the bits are those of no plan, or the plan has no exceptions where a value needs one.
  func run<Values: CorrectedValues, Coder: BitCoding>(
    _ plan: ValuePlan?, count: Int, base: [Double]? = nil, _ values: inout Values, _ coder: inout Coder
  ) -> Bool {
    guard let kinds = codeScales(plan?.scales, &coder) else { return false }
    let scales = self.scales(kinds)
    let base = base.map { positions($0, scales) }
    var planning = ValuePlanCoding(namedTypes(kinds), values: count, units: base.map(units))
    guard var plan = planning.code(plan, &coder), !plan.swapsBytes || elementType.size == 2,
      !plan.usesBase || base?.count ?? 0 >= count
    else { return false }
    plan.scales = kinds
    // About four slots in each context for a value.
    let slotBits = max(
      Self.slotBits.lowerBound,
      min(Self.slotBits.upperBound, 64 - (4 * count - 1).leadingZeroBitCount))
    var questions = NameQuestions(
      DistributionMixer(slotBits: slotBits, curves: curves, kernels: kernels.table))
    let codings = plan.columns.enumerated().map {
      ColumnCoding($1, bound: bound($0), scale: scales[$0], types[$0])
    }
    let width = shape.width
    let expectations = plan.usesBase ? base : nil
    var prediction = ValuePrediction(
      shape, count: count,
      base: expectations?.enumerated().map { place, value in
        let column = codings[place % codings.count]
        let number = (value - column.center) * column.inverseUnit
        return number.magnitude <= 1e100 ? number : 0
      }, kernels: kernels.table)
    var matches = ValueMatches()
    var exceptions = ExceptionCoding(elementType, shape)
    let reported = Values.isTrial ? nil : reported
    for i in 0..<count {
      if let reported, i % CodingProgress.pace == CodingProgress.pace - 1 {
        reported.add(CodingProgress.pace)
      }
      let (row, j) = i.quotientAndRemainder(dividingBy: width)
      let column = codings[columns == 1 ? 0 : columns == width ? j : i % columns]
      prediction.predict(i, row: row, place: j)
      let expected = Expectation(column, prediction)
      questions.distributions = expected.distributions
      let raw = Values.isKnown ? bits(values, i, plan) : 0
      var name: Int64? = 0
      if Values.isKnown {
        name = known.isMark(bits: raw, elementType) ? nil : column.name(of: raw, expected, elementType)
      }
      if plan.hasExceptions {
        if let own = exceptions.code(raw, isException: name == nil, i, j, &coder) {
          set(own, i, plan, &values)
          prediction.skip(name: expected.plainName)
          continue
        }
      }
      guard let name else { return false }
      let group = plan.hasColumnContexts ? UInt32(shape.column(of: j)) + 1 : 0
      matches.find(prediction.names, at: i, column: group)
      setContexts(&questions, prediction, i, j, column, expected, group)
      let found = code(name, &questions, column, expected, matches, prediction, j, &coder)
      let own = column.bits(of: found, expected, elementType)
      set(own, i, plan, &values)
      let value = elementType.value(bits: own)
      guard value.isFinite else { return false }
      let number = column.isRelative ? column.position(of: found, expected) : value
      prediction.settle(
        number: (number - column.center) * column.inverseUnit, name: column.plainName(found, number),
        distance: found &- expected.name, least: expected.step * 0.25 * column.inverseUnit)
      matches.settle(prediction.names, at: i)
    }
    return true
  }

  /// The bound of a column.
  @inline(__always)
  func bound(_ column: Int) -> ValueBound { bounds.bound(ofColumn: column) }

  /// The units of each column of what the model expects; nil where that does not vary.
  func units(of base: [Double]) -> [ValueUnit?] {
    (0..<columns).map { column in
      ValueUnit(
        varying: columns == 1 ? base : stride(from: column, to: base.count, by: columns).map { base[$0] })
    }
  }

  @inline(__always)
  private func bits<Values: CorrectedValues>(_ values: Values, _ i: Int, _ plan: ValuePlan) -> UInt64 {
    let bits = values.bits(i)
    return plan.swapsBytes ? ValuePlan.swapped(bits) : bits
  }

  @inline(__always)
  private func set<Values: CorrectedValues>(
    _ bits: UInt64, _ i: Int, _ plan: ValuePlan, _ values: inout Values
  ) {
    values.set(i, bits: plan.swapsBytes ? ValuePlan.swapped(bits) : bits)
  }

  /// Codes a name; the contexts are set.
  @inline(__always)
  private func code<Coder: BitCoding>(
    _ name: Int64, _ questions: inout NameQuestions, _ column: ColumnCoding, _ expected: Expectation,
    _ matches: ValueMatches, _ prediction: ValuePrediction, _ j: Int, _ coder: inout Coder
  ) -> Int64 {
    let first = column.match(matches.matches[0], prediction.names)
    let second = column.match(matches.matches[1], prediction.names)
    questions.mixer.isMatching = (first != nil, second != nil)
    questions.mixer.record = (matches.matches[0].record, matches.matches[1].record)
    let class8 = expected.eighth
    questions.mixer.sets = (
      expected.level,
      shape.isNarrow
        ? shape.column(of: j) & 63 : prediction.variation * 4 + min(3, max(0, (prediction.level - 8) / 3)),
      (first != nil ? 16 : 0) + (second != nil ? 8 : 0) + class8
    )
    questions.mixer.refinement = class8 * 2 + (first != nil || second != nil ? 1 : 0)
    questions.octaves = expected.octaves
    if column.tree.bits > 0 {
      let least = column.tree.least
      return least
        &+ questions.code(
          place: name &- least, bits: column.tree.bits, least: least, column.grid,
          ((first ?? 0) &- least, (second ?? 0) &- least), &coder)
    }
    let lattice = NameQuestions.Lattice(
      grid: column.grid, free: column.freeStep.map { (expected.origin.value, $0) }, expected: expected.name)
    return expected.name
      &+ questions.code(
        distance: name &- expected.name, lattice,
        ((first ?? 0) &- expected.name, (second ?? 0) &- expected.name), &coder)
  }

  /// Sets the hashes of the contexts of value `i`.
  @inline(__always)
  private func setContexts(
    _ questions: inout NameQuestions, _ prediction: ValuePrediction, _ i: Int, _ j: Int,
    _ column: ColumnCoding,
    _ expected: Expectation, _ group: UInt32
  ) {
    let (hashes, names, width) = (questions.mixer.hashes, prediction.names, shape.width)
    let (above, left, left2, corner, _) = shape.neighbours(of: i, place: j)
    let distances = prediction.distances
    @inline(__always) func hash(_ a: UInt32, _ b: UInt32) -> UInt32 { DistributionMixer.hash(a, b) }
    @inline(__always) func low(_ number: Int64) -> UInt32 { UInt32(truncatingIfNeeded: number) }
    @inline(__always) func near(_ number: Int64, _ most: Int64) -> UInt32 {
      low(max(-most, min(most, number)))
    }
    let (a, aa, l, ll) = (names[above], names[above - width], names[left], names[left2])
    let plain = expected.plainName
    let level = UInt32(expected.level)
    let eighth = UInt32(expected.eighth)
    let own = column.tree.bits > 0 ? hash(group, 55) : hash(group, low(plain))
    let beside = hash(own, low(l))
    hashes[0] = hash(group, level >> 1)
    hashes[1] = hash(level, eighth + 100)
    hashes[2] = hash(hash(group, Self.size(distances[above]) + 200), Self.size(distances[left]))
    hashes[3] = own
    hashes[4] = hash(own, low(a) &+ 1000)
    hashes[5] = hash(own, low(l) &+ 77_777)
    hashes[6] = hash(beside, low(ll) &+ 5)
    hashes[7] = hash(beside, low(a) &+ 9)
    hashes[8] = hash(
      hash(level, near(a &- plain, 64) &+ 900),
      shape.isNarrow ? Self.size(distances[left]) : near(l &- plain, 64))
    hashes[9] = hash(
      hash(shape.isNarrow ? group : level, near(a &- plain, 32) &+ 3),
      near((shape.isNarrow ? aa : names[corner]) &- plain, 32))
    let state = UInt32(prediction.level * ValuePrediction.variations + prediction.variation)
    hashes[10] = hash(state, level * 8 + eighth)
    hashes[11] = hash(hash(own, low(names[i - 3]) &+ 13), shape.isNarrow ? low(names[i - 2]) : 0)
    guard column.tree.bits > 0 else { return }
    let name = low(expected.name)
    let two = hash(low(l), low(ll) &+ 8)
    hashes[0] = hash(group, name)
    hashes[2] = hash(hash(level, name), eighth)
    hashes[8] = two
    hashes[9] = hash(hash(group, low(a)), low(aa))
    hashes[10] = hash(two, low(names[i - 3]))
    hashes[1] = hash(hash(hashes[10], low(names[i - 4])), low(names[i - 5]))
  }

  /// The sign and size of a distance, in 16 classes.
  @inline(__always)
  private static func size(_ distance: Int64) -> UInt32 {
    let size = distance.magnitude
    let level: UInt32 =
      size < 3 ? UInt32(size) : size < 5 ? 3 : size < 9 ? 4 : size < 17 ? 5 : size < 65 ? 6 : 7
    return distance < 0 ? level + 8 : level
  }
}

extension ValueShape {
  /// The column of a place in a row, for contexts: of at most 256.
  @inline(__always)
  func column(of j: Int) -> Int { width <= 256 ? j : j * 64 / width }
}
