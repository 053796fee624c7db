import ByteIO
import Records

/// Decoded samples in memory, with the text of tables.
package struct DecodedPart: Sendable {
  /// Of the samples; `rows` is their number.
  package let description: SampleDescription
  private let batches: [SampleBatch]

  private init(_ description: SampleDescription, _ batches: [SampleBatch]) {
    var description = description
    description.rows = batches.reduce(0) { $0 + $1.rows }
    (self.description, self.batches) = (description, batches)
  }

  package typealias MakeWriter = (SampleDescription) throws(CodecError) -> any SampleWriter

  /// The samples that `body` writes.
  ///
  /// - Parameters:
  ///   - name: their source in messages.
  ///   - observer: checked before each batch for cancellation.
  package static func collecting(
    _ name: String, _ observer: TransferObserver,
    _ body: (@escaping MakeWriter) throws(CodecError) -> Void
  ) throws(CodecError) -> DecodedPart {
    var made: (writer: Collector, description: SampleDescription)?
    try body { (description) throws(CodecError) in
      let writer = Collector(observer, name)
      made = (writer, description)
      return writer
    }
    guard let made else { throw .noRows(name: name) }
    return DecodedPart(made.description, made.writer.batches)
  }

  /// Whether the samples are an array. Otherwise they are a table or records, whose content is a file.
  package var isArray: Bool {
    switch description.format {
    case .delimited, .records: false
    default: true
    }
  }

  /// The values of an array in host byte order; of a table or records, the file.
  package func content() throws(CodecError) -> [UInt8] {
    if isArray {
      return batches.count == 1
        ? batches[0].converted(to: description.elementType).bytes
        : Array(batches.map { $0.converted(to: description.elementType).bytes }.joined())
    }
    let sink = MemorySink(canPatch: true)
    do {
      let writer = try SampleOutput.make(description, to: sink, clips: true)
      for batch in batches { try writer.write(batch) }
      try writer.finish()
    } catch {
      throw .samples(error)
    }
    return sink.bytes
  }

  /// The rows of a range, which exist.
  func rows(_ range: Range<Int>) -> DecodedPart {
    var (parts, first): ([SampleBatch], Int) = ([], 0)
    for batch in batches {
      let own = range.clamped(to: first..<first + batch.rows)
      if own.count == batch.rows, !own.isEmpty {
        parts.append(batch)
      } else if !own.isEmpty {
        parts.append(batch.rows(own.lowerBound - first..<own.upperBound - first))
      }
      first += batch.rows
    }
    return DecodedPart(description, parts)
  }

  /// A writer that keeps what it is given.
  private final class Collector: SampleWriter {
    private let observer: TransferObserver
    private let name: String
    private(set) var batches: [SampleBatch] = []

    init(_ observer: TransferObserver, _ name: String) { (self.observer, self.name) = (observer, name) }

    func write(_ batch: SampleBatch) throws(SampleIOError) {
      if observer.isCancelled { throw .bytes(.cancelled, name: name) }
      if batch.rows > 0 { batches.append(batch) }
    }

    func finish() {}
  }
}
