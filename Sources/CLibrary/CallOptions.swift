import Records
import VAECodec

/// The options of a call: strings "name=value".
struct CallOptions {
  private var values: [(name: String, value: String)] = []

  /// - Parameter options: ends with NULL.
  init(_ options: UnsafePointer<UnsafePointer<CChar>?>?) throws(LibraryError) {
    guard var next = options else { return }
    while let text = next.pointee {
      let option = String(cString: text)
      guard let sign = option.firstIndex(of: "="), sign > option.startIndex else {
        throw .badOption(option, reason: "an option is name=value")
      }
      values.append((String(option[..<sign]), String(option[option.index(after: sign)...])))
      next += 1
    }
  }

  /// Takes an option out; nil if it is not given.
  mutating func take(_ name: String) -> String? {
    guard let place = values.firstIndex(where: { $0.name == name }) else { return nil }
    return values.remove(at: place).value
  }

  mutating func integer(_ name: String, _ range: ClosedRange<Int>) throws(LibraryError) -> Int? {
    guard let text = take(name) else { return nil }
    guard let number = Int(text), range.contains(number) else {
      throw .badOption(
        name,
        reason: "is \"\(text)\"; give an integer from \(range.lowerBound)"
          + (range.upperBound == .max ? "" : " to \(range.upperBound)"))
    }
    return number
  }

  mutating func number(_ name: String, _ range: ClosedRange<Double>) throws(LibraryError) -> Double? {
    guard let text = take(name) else { return nil }
    guard let number = Double(text), range.contains(number) else {
      throw .badOption(
        name, reason: "is \"\(text)\"; give a number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  mutating func flag(_ name: String) throws(LibraryError) -> Bool? {
    guard let text = take(name) else { return nil }
    switch text {
    case "1", "true": return true
    case "0", "false": return false
    default: throw .badOption(name, reason: "is \"\(text)\"; give 1 or 0")
    }
  }

  mutating func choice<C: RawRepresentable & CaseIterable>(
    _ name: String, _: C.Type
  ) throws(LibraryError) -> C? where C.RawValue == String {
    guard let text = take(name) else { return nil }
    guard let choice = C(rawValue: text) else {
      throw .badOption(
        name, reason: "is \"\(text)\"; give \(C.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    return choice
  }

  /// Throws if an option has not been taken.
  func finish() throws(LibraryError) {
    if let other = values.first { throw .badOption(other.name, reason: "no such option of this call") }
  }
}
