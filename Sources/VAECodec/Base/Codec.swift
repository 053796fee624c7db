import ByteIO
import Tensor

/// The settings that all operations share: the kernels for this processor, the number of threads and the limits for
/// files.
public struct Codec: Sendable {
  let kernels: Kernels
  let workers: Workers
  /// The memory that reading a file may take.
  public let memory: MemoryLimit
  /// The arithmetic that decoding a file may take.
  public let work: WorkLimit
  /// Told how much is encoded or decoded; nil for nobody.
  package var progress: CodingProgress?

  /// - Parameters:
  ///   - threads: the number of threads; 0 means one per processor.
  ///   - memory: the memory that reading a file may take. A file that needs more is refused; fewer threads decode where
  ///     each needs much.
  ///   - work: the arithmetic that decoding a file may take. A file that needs more is refused.
  ///   - environment: its `VAEC_KERNELS` selects a variant of the kernels.
  /// - Throws: ``CodecError/noSuchKernels(_:available:)``.
  package init(
    threads: Int = 0, memory: MemoryLimit = .standard, work: WorkLimit = .standard,
    environment: [String: String] = [:]
  ) throws(CodecError) {
    self.memory = memory
    self.work = work
    do {
      kernels = try Kernels(environment: environment)
    } catch {
      throw .noSuchKernels(environment[Kernels.environmentVariable] ?? "", available: Kernels.available)
    }
    workers = Workers(count: threads > 0 ? threads : Processors.count)
  }

  /// A copy of `other` with another memory limit.
  init(_ other: Codec, memory: MemoryLimit) {
    kernels = other.kernels
    workers = other.workers
    work = other.work
    progress = other.progress
    self.memory = memory
  }
}
