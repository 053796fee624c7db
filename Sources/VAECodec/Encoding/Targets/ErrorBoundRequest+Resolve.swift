import Records
import VAEModel

extension ErrorBoundRequest {
  /// Whether the request is lossless.
  var isLossless: Bool {
    switch self {
    case .lossless: true
    case .found(let bound): bound.isLossless
    case .maxError, .maxErrorOfRange, .maxRelativeError, .byColumn: false
    }
  }

  /// Whether the range of all values, or of some column, must be known.
  private var needsRange: Bool {
    switch self {
    case .maxErrorOfRange: true
    case .byColumn(let errors): ([errors.all] + errors.named.map(\.bound)).contains { $0.isOfRange }
    case .maxError, .maxRelativeError, .found, .lossless: false
    }
  }

  /// Resolves the request for some samples.
  ///
  /// - Parameters:
  ///   - first: the first chunk.
  ///   - isAll: whether that is all.
  ///   - table: the columns of the file; nil for an array.
  ///   - units: what bounds are in.
  ///   - reopen: gives all of them once more.
  /// - Returns: the guarantee, and whether a reader that `reopen` gave was used, so that those before are of no use.
  /// - Throws: ``CodecError/rangeNeedsFile(name:)`` where a range is asked of what can be read only once, and
  ///   ``CodecError/noSuchColumn(name:column:columns:)``.
  func resolved(
    first: SampleBatch?, isAll: Bool, name: String, _ description: SampleDescription,
    table: FittedColumns?, _ units: BoundUnits, reopen: (() throws(CodecError) -> any SampleReader)?
  ) throws(CodecError) -> (errorBound: ErrorBound, wasRead: Bool) {
    guard needsRange else {
      return (
        try found(ranges: nil, range: 0, name: name, description, table: table, units), false
      )
    }
    var range = ValueRange()
    let isByColumn = if case .byColumn = self { true } else { units.isByColumn }
    var ranges = isByColumn ? ColumnRanges(width: description.valuesPerSample) : nil
    if isAll {
      if let first = first?.without(description.missing) {
        range.add(first)
        ranges?.add(first)
      }
    } else {
      guard let reopen else { throw .rangeNeedsFile(name: name) }
      let reader = try reopen()
      let rows = max(1, (1 << 16) / max(1, reader.description.valuesPerSample))
      while let batch = try reading(reader, rows)?.without(description.missing) {
        range.add(batch)
        ranges?.add(batch)
      }
    }
    return (
      try found(
        ranges: ranges, range: range.width, name: name, description, table: table, units),
      !isAll
    )
  }

  /// The error bound, once the ranges are known.
  ///
  /// - Parameters:
  ///   - ranges: those of the columns; nil if they are not needed.
  ///   - range: that of all values.
  ///   - table: the columns of the file; nil for an array.
  func found(
    ranges: ColumnRanges?, range: Double, name: String,
    _ description: SampleDescription, table: FittedColumns?, _ units: BoundUnits
  ) throws(CodecError) -> ErrorBound {
    let own = ranges.map { BoundUnits(description, $0) } ?? units
    switch self {
    case .lossless: return units.lossless
    case .found(let bound): return bound
    case .maxError(let bound):
      return units.isByColumn
        ? own.byColumn { _, _ in ValueBound(bound) } : .maxError(ErrorBound.clamped(bound))
    case .maxErrorOfRange(let share):
      return units.isByColumn
        ? own.byColumn { _, range in ValueBound(share * range) }
        : .maxError(ErrorBound.clamped(share * range))
    case .maxRelativeError(let share):
      return units.isByColumn
        ? own.byColumn { _, _ in ValueBound(share, isRelative: true) } : .relative(share)
    case .byColumn(let errors):
      let columns = try errors.bounds(name: name, description, table)
      let known = own.isByColumn ? own : BoundUnits(description, ColumnRanges(width: columns.count))
      let found = known.byColumn { place, ofColumn in
        // An array has one range for all values; a named column has its own.
        switch columns[place] {
        case (.error(let bound), _): return ValueBound(bound)
        case (.ofRange(let share), let isNamed):
          return ValueBound(share * (isNamed || units.isByColumn ? ofColumn : range))
        case (.ofValue(let share), _): return ValueBound(share, isRelative: true)
        }
      }
      // One column has one bound.
      guard case .byColumn(let bounds) = found, bounds.bounds.count == 1 else { return found }
      let bound = bounds.bounds[0]
      return bound.isExact ? .lossless : bound.isRelative ? .relative(bound.size) : .maxError(bound.size)
    }
  }
}

extension ColumnErrors.Bound {
  fileprivate var isOfRange: Bool { if case .ofRange = self { true } else { false } }
}

extension ColumnErrors {
  /// The bound of each column, and whether the column was named.
  fileprivate func bounds(
    name: String, _ description: SampleDescription, _ table: FittedColumns?
  ) throws(CodecError) -> [(bound: Bound, isNamed: Bool)] {
    guard description.valuesPerSample <= Model.maximumValues else {
      throw .fit(.tooManyValues(description.valuesPerSample, most: Model.maximumValues), name: name)
    }
    var result = [(bound: Bound, isNamed: Bool)](
      repeating: (all, false), count: description.valuesPerSample)
    let columns =
      table ?? FittedColumns(all: description.valuesPerSample, names: description.columnNames)
    let places = columns.valuePlaces
    for own in named {
      guard let column = columns.place(of: own.column) else {
        throw .noSuchColumn(name: name, column: own.column, columns: columns.isModelled.count)
      }
      // A column that is kept as it is keeps every bound.
      if let place = places[column] { result[place] = (own.bound, true) }
    }
    return result
  }
}
