import CKernels

/// The float32 kernels of this process: one variant, chosen once and handed on by value.
///
/// All variants give the same bits (see `CKernels.h`), so the choice is a matter of speed alone.
public struct Kernels: Sendable {
  /// The variable that forces a variant: `VAEC_KERNELS=plain`.
  public static let environmentVariable = "VAEC_KERNELS"

  /// Why a variant cannot be had.
  public enum ChoiceError: Error, Equatable {
    /// No variant of this name exists, or this processor cannot run it.
    case unavailable(String)
  }

  // The table is a constant of the C module: nothing ever writes to it.
  nonisolated(unsafe) let table: UnsafePointer<vaec_kernels>

  /// The fastest variant that this processor can run.
  public init() { table = vaec_kernels_best() }

  /// The variant called `name`: "avx512", "avx2", "neon" or "plain".
  public init(named name: String) throws(ChoiceError) {
    guard let table = vaec_kernels_named(name) else { throw .unavailable(name) }
    self.table = table
  }

  /// The variant that the environment asks for, else the fastest.
  public init(environment: [String: String]) throws(ChoiceError) {
    if let name = environment[Self.environmentVariable], !name.isEmpty {
      try self.init(named: name)
    } else {
      self.init()
    }
  }

  /// The variant's name.
  public var name: String { String(cString: table.pointee.name) }

  /// The names of all variants that this processor can run, fastest first.
  public static var available: [String] {
    ["avx512", "avx2", "neon", "plain"].filter { vaec_kernels_named($0) != nil }
  }
}
