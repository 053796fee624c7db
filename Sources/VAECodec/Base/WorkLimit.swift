/// How much arithmetic decoding a file may take: a file of a few bytes may ask for hours.
///
/// What a chunk takes is estimated from its rows, the model and what is promised, before it is decoded.
public struct WorkLimit: Equatable, Sendable {
  /// Operations that any file may take: one is about a multiplication and an addition.
  public var operations: Int
  /// What it may take beyond that for each of its bytes: far more than any stream of real samples does.
  private static let operationsOfByte = 1 << 24

  /// Where nobody says otherwise: 8 trillion, minutes to an hour of one core.
  public static let standard = WorkLimit(operations: 8_000_000_000_000)

  /// For what comes from nobody else.
  public static let unlimited = WorkLimit(operations: .max)

  /// A limit; less than 0 counts as 0.
  public init(operations: Int) { self.operations = max(0, operations) }

  /// Whether a file of so many bytes may take so much.
  func admits(_ needed: Int, bytes: Int) -> Bool {
    let (more, overflow) = bytes.multipliedReportingOverflow(by: Self.operationsOfByte)
    let (limit, isUnlimited) = operations.addingReportingOverflow(more)
    return overflow || isUnlimited || needed <= limit
  }
}
