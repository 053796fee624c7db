/// Collects measurements of single rows while an evaluation proceeds from quality to quality. It keeps a bounded number
/// of rows, and two numbers for each value of a sample at each quality of interest.
final class RowGatherer {
  /// The qualities of interest, as far as they are measured.
  private static let wantedQualities = [10.0, 30, 50, 70, 90]
  private static let middle = 50.0
  /// The maximum number of rows shown and of their values; and the maximum number of rows whose bits are counted.
  private static let (maximumShown, maximumShownValues) = (8, 1 << 18)
  static let maximumCounted = 1 << 16
  private static let maximumCostliest = 10

  private let samples: InMemorySamples
  private let qualities: [Double]
  private let bitsQuality: Double
  /// The rows whose bits are counted, the rows shown, and the costliest rows: all are rows of `samples`.
  private let counted: [(place: Int, row: Int)]
  private let shown: [(place: Int, row: Int)]
  private var costliest: [(place: Int, row: Int)] = []
  private var bits: [Double] = []
  /// The bits by row.
  private var bitsOfRow: [Int: Double] = [:]
  private var decoded: [(quality: Double, rows: [Int: [Double]])] = []
  private var profiles: [EvaluatedRows.Profile] = []

  /// - Parameter qualities: the qualities to be measured, at least one.
  init(_ samples: InMemorySamples, _ qualities: [Double]) {
    func nearest(_ wanted: Double) -> Double {
      qualities.min { ($0 - wanted).magnitude < ($1 - wanted).magnitude } ?? wanted
    }
    self.samples = samples
    self.qualities = Set(Self.wantedQualities.map(nearest)).sorted()
    bitsQuality = nearest(Self.middle)
    let width = max(1, samples.description.valuesPerSample)
    shown = samples.spread(most: min(Self.maximumShown, max(1, Self.maximumShownValues / width)))
    counted = samples.spread(most: Self.maximumCounted)
  }

  /// Whether to count the bits of rows at a quality.
  func wantsBits(at quality: Double) -> Bool { quality == bitsQuality && bits.isEmpty }

  /// Takes the bits of ``counted``.
  func take(bits: [Double]) {
    self.bits = bits
    let width = max(1, samples.description.valuesPerSample)
    let most = min(Self.maximumCostliest, max(1, Self.maximumShownValues / width))
    let order = bits.indices.sorted { (bits[$0], $1) > (bits[$1], $0) }
    costliest = order.prefix(most).map { counted[$0] }
    let rows = Set(shown.map(\.row)).union(costliest.map(\.row))
    for (i, row) in counted.enumerated() where rows.contains(row.row) { bitsOfRow[row.row] = bits[i] }
  }

  /// A writer that compares decoded samples at a quality; nil if the quality is not of interest.
  ///
  /// - Parameter others: rows that somebody else wants of it.
  func comparing(at quality: Double, _ scale: ErrorScale, keeping others: Set<Int> = []) -> ComparingWriter? {
    guard qualities.contains(quality), !decoded.contains(where: { $0.quality == quality }) else { return nil }
    let extra = quality == bitsQuality ? costliest.map(\.row) : []
    return ComparingWriter(
      samples, scale, keeping: others.union(shown.map(\.row) + extra), makesProfile: true)
  }

  /// Takes the results of a comparison.
  func take(_ comparing: ComparingWriter, at quality: Double) {
    guard let profile = comparing.profile else { return }
    let own = Set((shown + costliest).map(\.row))
    decoded.append((quality, comparing.kept.filter { own.contains($0.key) }))
    profiles.append(EvaluatedRows.Profile(quality: quality, meanSquares: profile.means))
  }

  /// The collected measurements.
  ///
  /// - Parameter latents: returns the latents of given rows.
  func rows(latents: ([(place: Int, row: Int)]) -> [EvaluatedRows.Latents]) -> EvaluatedRows {
    return EvaluatedRows(
      sampleShape: samples.description.sampleShape, columnNames: samples.description.columnNames,
      qualities: qualities,
      shown: shown.map { row($0) }, profiles: profiles.sorted { $0.quality < $1.quality },
      bitsQuality: bitsQuality, bits: bits, costliest: costliest.map { row($0, at: bitsQuality) },
      latents: latents(places(forLatents: costliest)))
  }

  /// The row numbers of evenly spread rows and of `others`, in ascending order.
  private func places(forLatents others: [(place: Int, row: Int)]) -> [(place: Int, row: Int)] {
    let spread = samples.spread(most: Self.maximumLatents)
    let rows = Set(spread.map(\.row))
    return (spread + others.filter { !rows.contains($0.row) }).sorted { $0.row < $1.row }
  }

  private static let maximumLatents = 600

  /// - Parameter quality: the only quality to include; nil for all.
  private func row(_ place: (place: Int, row: Int), at quality: Double? = nil) -> EvaluatedRows.Row {
    let known = decoded.filter { quality == nil || $0.quality == quality }.sorted { $0.quality < $1.quality }
    return EvaluatedRows.Row(
      place: place.place, bits: bitsOfRow[place.row], values: samples.rows([place.row])?.doubles() ?? [],
      decoded: known.compactMap { known in known.rows[place.row].map { (known.quality, $0) } })
  }
}
