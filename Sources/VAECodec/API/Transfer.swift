import ByteIO
import Synchronization

/// The progress of reading.
public struct TransferProgress: Equatable, Sendable {
  /// The number of bytes of the input read so far.
  public var bytes: Int
  /// The size of the input in bytes; nil if unknown.
  public var totalBytes: Int?
}

/// Progress, and a final report.
public enum CodecEvent<Progress: Sendable, Report: Sendable>: Sendable {
  case progress(Progress)
  case finished(Report)
}

/// Counts the bytes that pass through it, and stops the work when it is cancelled.
package final class TransferObserver: Sendable {
  private let cancelled = Atomic(false)
  private let tell: @Sendable (TransferProgress) -> Void

  package init(_ tell: @escaping @Sendable (TransferProgress) -> Void = { _ in }) { self.tell = tell }

  package var isCancelled: Bool { cancelled.load(ordering: .relaxed) }

  package func cancel() { cancelled.store(true, ordering: .relaxed) }

  /// A source of the same bytes, observed.
  package func watch(_ source: any ByteSource) -> any ByteSource { WatchedSource(source, self) }

  private final class WatchedSource: ByteSource {
    private let base: any ByteSource
    private let observer: TransferObserver
    private let total: Int?
    private var bytes = 0

    init(_ base: any ByteSource, _ observer: TransferObserver) {
      self.base = base
      self.observer = observer
      total = (base as? FileSource)?.remainingSize
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(ByteIOError) -> Int {
      if observer.isCancelled { throw .cancelled }
      let count = try base.read(into: buffer)
      bytes += count
      observer.tell(TransferProgress(bytes: bytes, totalBytes: total))
      return count
    }
  }
}
