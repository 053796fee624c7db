import ByteIO
import Records

extension ModelMetadata {
  /// The columns of the table that was fitted; nil for arrays.
  var table: FittedColumns? {
    get {
      guard let table = section(Section.table).flatMap({ FittedColumns($0) }) else { return nil }
      return table.modelledCount == valuesPerSample ? table : nil
    }
    set { set(Section.table, newValue?.encode()) }
  }

  /// The values that stand for missing ones.
  var missing: MissingValues {
    get {
      var r = ByteReader(section(Section.missing) ?? [])
      var spellings: [String] = []
      while r.remaining > 0, let count = try? r.count(), let bytes = try? r.take(count) {
        spellings.append(String(decoding: bytes, as: UTF8.self))
      }
      return MissingValues(spellings)
    }
    set {
      var w = ByteWriter()
      for spelling in newValue.spellings {
        w.append(count: spelling.utf8.count)
        w.append(spelling.utf8)
      }
      set(Section.missing, newValue.isEmpty ? nil : w.bytes)
    }
  }

  /// Words of text columns beside latents, for new rows.
  var labels: RowLabels? {
    get { table.flatMap { table in section(Section.labels).flatMap { RowLabels($0, of: table) } } }
    set { set(Section.labels, newValue?.encode()) }
  }

  /// What the fit found of each modelled column; empty if it is not recorded.
  var columnFigures: [ModelSummary.ColumnFigures] {
    get {
      var r = ByteReader(section(Section.columnFigures) ?? [])
      var figures: [ModelSummary.ColumnFigures] = []
      while r.remaining > 0, let missing = try? r.count(), let bits = try? r.float() {
        figures.append(ModelSummary.ColumnFigures(missing: missing, bits: bits >= 0 ? Double(bits) : nil))
      }
      return figures.count == valuesPerSample ? figures : []
    }
    set {
      var w = ByteWriter()
      for column in newValue {
        w.append(count: column.missing)
        w.append(Float(column.bits ?? -1))
      }
      set(Section.columnFigures, newValue.isEmpty ? nil : w.bytes)
    }
  }

  /// The scores of held-out rows; nil if they were not measured, or are not valid.
  var calibration: Calibration? {
    get {
      guard let values = valuesPerSample else { return nil }
      return section(Section.calibration).flatMap { Calibration($0, values: values) }
    }
    set { set(Section.calibration, newValue?.encode()) }
  }

  /// The product of the shape; nil if it overflows.
  private var valuesPerSample: Int? {
    var product: Int? = 1
    for length in sampleShape {
      product = product.flatMap {
        let (next, overflow) = $0.multipliedReportingOverflow(by: length)
        return overflow ? nil : next
      }
    }
    return product
  }

  private mutating func set(_ kind: Int, _ bytes: [UInt8]?) {
    sections.removeAll { $0.kind == kind }
    if let bytes { sections.append(Section(kind: kind, bytes: bytes)) }
  }
}

extension FittedModel {
  /// What becomes of the columns of tables that the model encodes.
  public var columnRoles: ColumnRoles {
    var roles = ColumnRoles()
    roles.fitted = notes.table
    roles.missing = notes.missing
    return roles
  }
}
