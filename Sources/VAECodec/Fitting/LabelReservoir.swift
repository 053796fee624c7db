import Records
import Tensor

/// A uniform sample of the rows of a table with text columns, with the words in these: see ``RowLabels``.
struct LabelReservoir {
  private let text: KeptText
  private var reservoir: ReservoirPlaces
  private var kept: [(row: SampleBatch, words: [String])] = []

  /// Nil if a reader's rows have no words.
  init?(_ reader: any SampleReader, seed: UInt64) {
    guard let text = reader.wordText, !text.wordColumns.isEmpty else { return nil }
    self.text = text
    // A different random sequence from those of the fit and of its rows.
    reservoir = ReservoirPlaces(
      most: RowLabels.maximumRows, random: RandomSource(seed: seed ^ 0x5DEE_CE66_D1CE_4E5B))
  }

  /// Offers rows; those without text are left out.
  mutating func add(_ batch: SampleBatch) {
    guard let rowText = batch.text else { return }
    for row in 0..<batch.rows {
      guard let place = reservoir.next(), let words = text.words(of: rowText.rows(row..<row + 1)) else {
        continue
      }
      var own = batch.rows(row..<row + 1)
      own.text = nil
      if place < kept.count { kept[place] = (own, words) } else { kept.append((own, words)) }
    }
  }

  /// The rows, and the words of each; nil if there are none.
  var rows: (batch: SampleBatch, words: [[String]])? {
    guard let first = kept.first?.row else { return nil }
    let batch = SampleBatch(
      elementType: first.elementType, valuesPerSample: first.valuesPerSample,
      bytes: kept.flatMap { $0.row.bytes })
    return (batch, kept.map(\.words))
  }

  /// The columns of the words, from 0.
  var places: [Int] { text.wordColumns }
}

extension Codec {
  /// The labels of some rows and their latents; nil if the model has no latents or no column has few words.
  func labels(_ reservoir: LabelReservoir?, _ model: FittedModel) throws(CodecError) -> RowLabels? {
    guard let reservoir, let rows = reservoir.rows, model.model.network != nil else { return nil }
    let map = try latentMap(of: model, name: "", quality: nil)
    var all: [Float] = []
    for first in stride(from: 0, to: rows.batch.rows, by: map.blockRows) {
      all +=
        latents(of: rows.batch.rows(first..<min(rows.batch.rows, first + map.blockRows)), map, model).latents
    }
    return RowLabels(
      rows.words, places: reservoir.places, latents: all, deviations: model.latentDeviations(map.count))
  }
}
