import ByteIO
import Tensor

/// What all operations share: the kernels of this processor and the number of threads.
public struct Codec: Sendable {
  let kernels: Kernels
  let workers: Workers
  /// How much memory what comes out of a file may take.
  public let memory: MemoryLimit
  /// How much work decoding it may take.
  public let work: WorkLimit

  /// - Parameters:
  ///   - threads: how many threads work at once; 0 for one per processor.
  ///   - memory: how much what comes out of a file may take: a file that asks for more is refused, and fewer threads decode
  ///     where each needs much.
  ///   - work: how much arithmetic decoding a file may take: a file that asks for more is refused.
  ///   - environment: `VAEC_KERNELS` in it forces a variant of the kernels.
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

  /// Another one, with another limit.
  init(_ other: Codec, memory: MemoryLimit) {
    kernels = other.kernels
    workers = other.workers
    work = other.work
    self.memory = memory
  }
}
