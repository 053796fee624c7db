import VAECodec

// Distortion as text and as JSON.

extension Distortion {
  /// "lossy, RMSE 1.2, PSNR 22.90 dB, max error 9", or "exact".
  var text: String {
    if isExact { return "exact" }
    let decibels = psnr.map { ", PSNR \($0.fixed(2)) dB" } ?? ""
    let unit = scale.isByColumn ? " of each column's range" : ""
    return
      "lossy, RMSE \(rmse.significant(4))\(unit)\(decibels), max error \(Self.text(ofError: maximum))\(unit)"
  }

  /// The keys that `encode`, `pack`, `decode --compare` and `eval` share. PSNR is null if all values are exact.
  var members: [(key: String, value: JSON)] {
    [
      ("rmse", .number(rmse)), ("psnr_db", JSON(psnr)), ("psnr_peak", .number(peak)),
      ("max_error", .number(maximum)), ("exact", .bool(isExact)),
    ] + Self.members(columns)
  }

  /// The error of each column of a table, in its own units; nothing for arrays.
  static func members(_ columns: [ColumnDistortion]) -> [(key: String, value: JSON)] {
    guard !columns.isEmpty else { return [] }
    let errors = columns.map { column in
      JSON.object([
        ("rmse", .number(column.rmse)), ("rmse_in_deviations", JSON(column.rmseInDeviations)),
        ("max_error", .number(column.maximum)), ("bits", JSON(column.bits)),
      ])
    }
    return [("column_errors", .array(errors))]
  }

  /// An error as text; integers, as for integer data, have no decimals.
  static func text(ofError error: Double) -> String {
    error == error.rounded() && error < 1e9 ? error.fixed(0) : error.significant(4)
  }
}

/// A PSNR in a table: "22.90", or "exact".
func decibelText(_ psnr: Double) -> String { psnr == .infinity ? "exact" : psnr.fixed(2) }
