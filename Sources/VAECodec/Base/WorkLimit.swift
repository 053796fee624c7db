/// The amount of arithmetic that decoding a file may take. A file of a few bytes could otherwise demand hours.
///
/// The work for a chunk is estimated before decoding, from its rows, the model and the error bound.
public struct WorkLimit: Equatable, Sendable {
  /// The operations allowed for any file. One operation is about a multiplication and an addition.
  public var operations: Int
  /// The operations allowed in addition per byte of the file: far more than any stream of real samples takes.
  private static let operationsOfByte = 1 << 24

  /// The default: 8 trillion, minutes to an hour of one core.
  public static let standard = WorkLimit(operations: 8_000_000_000_000)

  /// No limit, for trusted files.
  public static let unlimited = WorkLimit(operations: .max)

  /// Creates a limit; a negative number counts as 0.
  public init(operations: Int) { self.operations = max(0, operations) }

  /// Whether a file of `bytes` bytes may take `needed` operations.
  func admits(_ needed: Int, bytes: Int) -> Bool {
    let (more, overflow) = bytes.multipliedReportingOverflow(by: Self.operationsOfByte)
    let (limit, isUnlimited) = operations.addingReportingOverflow(more)
    return overflow || isUnlimited || needed <= limit
  }
}
