import Records
import Tensor
import Training
import VAEModel

/// What a packer must know before it encodes: the number and range of the samples, and some of them.
struct PackSurvey {
  private(set) var rows = 0
  /// The largest less the smallest finite value.
  let span: Double
  /// The units of errors, relative to the range of the values that a model can represent.
  let scale: ErrorScale
  /// The units of bounds.
  let units: BoundUnits
  /// The range of each column, for samples with one axis; nil for others.
  let ranges: ColumnRanges?
  /// The type of the values.
  let elementType: ElementType
  /// Some of the rows, evenly spread; nil if there are none.
  let sample: SampleBatch?

  /// The text of the samples, for all streams of them.
  let texts = TextSections()

  private static let pieceValues = 1 << 16

  /// - Parameter choice: which values share a scale.
  init(_ reader: any SampleReader, _ choice: ScaleChoice) throws(CodecError) {
    let description = reader.description
    let width = description.valuesPerSample
    elementType = description.elementType
    var (range, sample) = (ValueRange(), RowSample(maximumRows: max(16, Self.pieceValues / max(1, width))))
    var known = ValueRange(reach: Double(Matrix.greatestKnown))
    let hasColumns = width > 1 && width <= Model.maximumValues
    var ranges =
      hasColumns && (description.isTable || choice == .column) ? ColumnRanges(width: width) : nil
    while let read = try reading(reader, max(1, Self.pieceValues / max(1, width))) {
      let batch = read.without(description.missing)
      rows += batch.rows
      range.add(batch)
      known.add(batch)
      ranges?.add(batch)
      sample.add(read)
    }
    span = min(range.width, .greatestFiniteMagnitude)
    self.sample = sample.batch
    self.ranges = ranges
    if TableRule.hasScaleByColumn(choice, description, self.sample), let ranges {
      scale = ErrorScale(ranges: ranges.ranges)
      units = BoundUnits(description, ranges)
    } else {
      scale = ErrorScale(peak: known.width)
      units = BoundUnits(description)
    }
  }

  /// The error bound; nil if none is requested.
  func bound(
    _ request: ErrorBoundRequest?, name: String, _ description: SampleDescription, _ table: FittedColumns?
  ) throws(CodecError) -> ErrorBound? {
    guard let request else { return nil }
    let bound = try request.found(
      ranges: ranges, range: span, name: name, description, table: table, units)
    guard elementType.isInteger else { return bound }
    // Integers with errors below 1 are exact, and lossless coding records no bound.
    return switch bound {
    case .maxError(let bound) where bound < 1: .lossless
    case .byColumn(let bounds) where bounds.bounds.allSatisfy { $0.size < 1 && !$0.isRelative }:
      units.lossless
    default: bound
    }
  }
}
