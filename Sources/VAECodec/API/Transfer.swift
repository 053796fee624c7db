import ByteIO
import Synchronization

/// How far bytes have been read.
public struct TransferProgress: Equatable, Sendable {
  /// Bytes of the input so far.
  public var bytes: Int
  /// Bytes of the input; nil where nobody knows.
  public var totalBytes: Int?
}

/// Progress now and then, and a report in the end.
public enum CodecEvent<Progress: Sendable, Report: Sendable>: Sendable {
  case progress(Progress)
  case finished(Report)
}

/// Sees bytes go by, tells how many there were, and stops them when they are not wanted any more.
final class TransferObserver: Sendable {
  private let cancelled = Atomic(false)
  private let tell: @Sendable (TransferProgress) -> Void

  init(_ tell: @escaping @Sendable (TransferProgress) -> Void = { _ in }) { self.tell = tell }

  var isCancelled: Bool { cancelled.load(ordering: .relaxed) }

  func cancel() { cancelled.store(true, ordering: .relaxed) }

  /// The same source, watched.
  func watch(_ source: any ByteSource) -> any ByteSource { WatchedSource(source, self) }

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
