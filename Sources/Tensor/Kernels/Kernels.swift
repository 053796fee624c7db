import CKernels

/// The float32 kernels of this process: one variant, chosen once and handed on by value.
///
/// All variants give the same bits (see `CKernels.h`), so the choice affects only speed.
package struct Kernels: Sendable {
  /// The variable that forces a variant: `VAEC_KERNELS=plain`.
  package static let environmentVariable = "VAEC_KERNELS"

  /// Why a variant is unavailable.
  package enum ChoiceError: Error, Equatable {
    /// No variant of this name exists, or this processor cannot run it.
    case unavailable(String)
  }

  // The table is a constant of the C module: nothing ever writes to it.
  package nonisolated(unsafe) let table: UnsafePointer<vaec_kernels>

  /// The fastest variant that this processor can run.
  package init() { table = vaec_kernels_best() }

  /// The variant called `name`: "avx512", "avx2", "neon" or "plain".
  package init(named name: String) throws(ChoiceError) {
    guard let table = vaec_kernels_named(name) else { throw .unavailable(name) }
    self.table = table
  }

  /// The variant that the environment asks for, else the fastest.
  package init(environment: [String: String]) throws(ChoiceError) {
    if let name = environment[Self.environmentVariable], !name.isEmpty {
      try self.init(named: name)
    } else {
      self.init()
    }
  }

  /// The variant's name.
  package var name: String { String(cString: table.pointee.name) }

  /// The names of all variants that this processor can run, fastest first.
  package static var available: [String] {
    ["avx512", "avx2", "neon", "plain"].filter { vaec_kernels_named($0) != nil }
  }
}

extension Kernels {
  /// Replaces each number by its exponential (see `CKernels.h`).
  package func exponential(_ x: inout [Float]) {
    x.withUnsafeMutableBufferPointer { x in
      guard let base = x.baseAddress else { return }
      table.pointee.exponential(base, base, x.count)
    }
  }
}
