import Records
import Transform

/// Makes rows from latents, with the words of text columns: see ``RowLabels``.
struct NewRows {
  let map: LatentMap
  private let codec: Codec
  private let model: FittedModel
  private let labels: RowLabels?
  private let deviations: [Float]
  /// How rows with words are written; nil if rows have none.
  private let text: KeptText?

  init(_ codec: Codec, _ model: FittedModel, _ map: LatentMap) {
    (self.codec, self.model, self.map) = (codec, model, map)
    labels = model.notes.labels
    text = labels.flatMap { labels in model.notes.table.map { Self.text(of: $0, labels) } }
    deviations = model.latentDeviations(map.count)
  }

  /// The names, or numbers, of the text columns that rows have, and of the exact columns that they lack.
  var columns: (labels: [String], leftOut: [String]) {
    guard let table = model.notes.table else { return ([], []) }
    func name(_ place: Int) -> String { table.names?[place] ?? "\(place + 1)" }
    let places = labels?.columns.map(\.place) ?? []
    return (
      places.map(name),
      table.isModelled.indices.filter { !table.isModelled[$0] && !places.contains($0) }.map(name)
    )
  }

  /// The description of `rows` rows.
  func description(rows: Int?) throws(CodecError) -> SampleDescription {
    var description = try model.description(rows: rows)
    if let text, case .delimited(var style) = description.format {
      style.kept = text
      description.format = .delimited(style)
    }
    return description
  }

  /// The rows of at most a block of latents.
  func batch(_ latents: [Float]) -> SampleBatch {
    var batch = codec.batchOf(latents, map, model)
    guard let labels, let text else { return batch }
    let words = (0..<batch.rows).map { row in
      labels.words(near: latents[row * map.count..<(row + 1) * map.count], deviations: deviations)
    }
    batch.text = text.text(of: batch.doubles(), words: words)
    return batch
  }

  private static func text(of table: FittedColumns, _ labels: RowLabels) -> KeptText {
    let places = table.valuePlaces
    let chosen = table.isModelled.indices.filter { place in
      table.isModelled[place] || labels.columns.contains { $0.place == place }
    }
    return KeptText(
      names: table.names.map { names in chosen.map { names[$0] } },
      columns: chosen.map { place in
        places[place].map { .numbers(decimals: table.decimals.isEmpty ? nil : table.decimals[$0]) } ?? .words
      })
  }
}

extension FittedModel {
  /// The standard deviation of each latent over the fitted rows; 0 where it is not known.
  func latentDeviations(_ count: Int) -> [Float] {
    (0..<count).map { k in
      k < notes.latents.count ? Float(max(0, notes.latents[k].variance).squareRoot()) : 0
    }
  }
}
