import ByteIO
import SampleIO
import VAE

/// What all operations share: the kernels of this processor and the number of threads.
public struct Codec: Sendable {
  let kernels: Kernels
  let workers: Workers
  /// Bytes that what comes out of a file may take in memory.
  public let memory: Int

  /// So many bytes, where nobody says otherwise.
  public static let standardMemory = 1 << 30

  /// - Parameters:
  ///   - threads: how many threads work at once; 0 for one per processor.
  ///   - memory: bytes that what comes out of a file may take in memory: a file that asks for more is refused.
  ///   - environment: `VAEC_KERNELS` in it forces a variant of the kernels.
  /// - Throws: ``CodecError/noSuchKernels(_:available:)``.
  public init(
    threads: Int = 0, memory: Int = standardMemory, environment: [String: String] = [:]
  ) throws(CodecError) {
    self.memory = max(0, memory)
    do {
      kernels = try Kernels(environment: environment)
    } catch {
      throw .noSuchKernels(environment[Kernels.environmentVariable] ?? "", available: Kernels.available)
    }
    workers = Workers(count: threads > 0 ? threads : Processors.count)
  }
}
