// Times as ISO 8601 writes them, and back; days by the algorithms of the proleptic Gregorian calendar (Hinnant, 2013,
// "chrono-compatible low-level date algorithms").

/// A moment within a day, and its day.
enum ArrowCalendar {
  /// The days whose years have four digits: 0000-01-01 to 9999-12-31.
  static let days: ClosedRange<Int64> = -719_528...2_932_896

  /// Year, month and day of a number of days since 1970.
  static func date(_ days: Int64) -> (year: Int64, month: Int64, day: Int64) {
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let ofEra = shifted - era * 146_097
    let yearOfEra = (ofEra - ofEra / 1460 + ofEra / 36524 - ofEra / 146_096) / 365
    let ofYear = ofEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let month = (5 * ofYear + 2) / 153
    let day = ofYear - (153 * month + 2) / 5 + 1
    let civil = month < 10 ? month + 3 : month - 9
    return (yearOfEra + era * 400 + (civil <= 2 ? 1 : 0), civil, day)
  }

  /// The days since 1970; nil for dates that do not exist.
  static func days(year: Int64, month: Int64, day: Int64) -> Int64? {
    guard (0...9999).contains(year), (1...12).contains(month), (1...31).contains(day) else { return nil }
    let shifted = month <= 2 ? year - 1 : year
    let era = (shifted >= 0 ? shifted : shifted - 399) / 400
    let yearOfEra = shifted - era * 400
    let ofYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let ofEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + ofYear
    let days = era * 146_097 + ofEra - 719_468
    return date(days) == (year, month, day) ? days : nil
  }

  /// "2026-11-30"; a plain number for years that do not have four digits.
  static func text(days count: Int64) -> String {
    guard days.contains(count) else { return "\(count)" }
    let (year, month, day) = date(count)
    return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
  }

  /// "18:30:00.250": a count of units since midnight.
  static func text(time count: Int64, _ unit: ArrowType.TimeUnit) -> String {
    let (seconds, rest) = count.quotientAndRemainder(dividingBy: unit.perSecond)
    guard count >= 0, seconds < 86_400 else { return "\(count)" }
    let clock = "\(padded(seconds / 3600, 2)):\(padded(seconds / 60 % 60, 2)):\(padded(seconds % 60, 2))"
    return unit.digits == 0 ? clock : clock + "." + padded(rest, unit.digits)
  }

  /// "2026-11-30T18:30:00.250": a count of units since 1970.
  static func text(moment count: Int64, _ unit: ArrowType.TimeUnit) -> String {
    let perDay = 86_400 * unit.perSecond
    var (day, rest) = count.quotientAndRemainder(dividingBy: perDay)
    if rest < 0 { (day, rest) = (day - 1, rest + perDay) }
    guard days.contains(day) else { return "\(count)" }
    return text(days: day) + "T" + text(time: rest, unit)
  }

  /// The inverse of ``text(days:)``.
  static func days(_ text: Substring) -> Int64? {
    guard text.utf8.count == 10, text.dropFirst(4).first == "-" else { return Int64(text) }
    let parts = text.split(separator: "-", omittingEmptySubsequences: false).map { Int64($0) ?? -1 }
    guard parts.count == 3 else { return nil }
    return days(year: parts[0], month: parts[1], day: parts[2])
  }

  /// The inverse of ``text(time:_:)``.
  static func time(_ text: Substring, _ unit: ArrowType.TimeUnit) -> Int64? {
    guard text.contains(":") else { return Int64(text) }
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    let clock = parts[0].split(separator: ":", omittingEmptySubsequences: false).map { Int64($0) ?? -1 }
    guard clock.count == 3, clock.allSatisfy({ (0..<60).contains($0) }), clock[0] < 24,
      parts.count == (unit.digits == 0 ? 1 : 2)
    else { return nil }
    var rest: Int64 = 0
    if unit.digits > 0 {
      guard parts[1].utf8.count == unit.digits, let own = Int64(parts[1]), own >= 0 else { return nil }
      rest = own
    }
    return (clock[0] * 3600 + clock[1] * 60 + clock[2]) * unit.perSecond + rest
  }

  /// The inverse of ``text(moment:_:)``.
  static func moment(_ text: Substring, _ unit: ArrowType.TimeUnit) -> Int64? {
    guard let mark = text.firstIndex(of: "T") else { return Int64(text) }
    guard let day = days(text[..<mark]), days.contains(day),
      let rest = time(text[text.index(after: mark)...], unit)
    else { return nil }
    let (count, overflow) = day.multipliedReportingOverflow(by: 86_400 * unit.perSecond)
    let (sum, isTooMuch) = count.addingReportingOverflow(rest)
    // The first day of the range may overflow where its moment does not.
    return overflow || isTooMuch ? nil : sum
  }

  private static func padded(_ number: Int64, _ digits: Int) -> String {
    let text = "\(number)"
    return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
  }
}
