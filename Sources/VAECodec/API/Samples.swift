import ByteIO
import Records

/// An array of samples in memory: numbers of one type, in samples of one shape.
public struct Samples: Equatable, Sendable {
  let description: SampleDescription
  let batch: SampleBatch

  init(_ description: SampleDescription, _ batch: SampleBatch) {
    var described = description
    described.rows = batch.rows
    self.description = described
    self.batch = batch
  }

  /// Creates samples from binary32 values.
  ///
  /// - Parameters:
  ///   - values: the values, sample after sample; a multiple of a sample's.
  ///   - shape: the shape of a sample; [] for single values.
  /// - Throws: ``CodecError/samples(_:)`` if the shape is invalid, or the last sample is incomplete.
  package init(_ values: [Float], shape: [Int]) throws(CodecError) {
    let description = try SampleDescription.npy(.f4, shape)
    try Self.expectWhole(values.count, description.valuesPerSample)
    self.init(
      description,
      SampleBatch(floats: values, elementType: .f4, valuesPerSample: description.valuesPerSample))
  }

  /// Creates samples of any value type from little-endian bytes.
  ///
  /// - Parameters:
  ///   - bytes: the values, sample after sample; a multiple of a sample's.
  ///   - type: the type of a value.
  ///   - shape: the shape of a sample; [] for single values.
  /// - Throws: ``CodecError/samples(_:)`` if the shape is invalid, or the last sample is incomplete.
  package init(bytes: [UInt8], type: ElementType, shape: [Int]) throws(CodecError) {
    let description = try SampleDescription.npy(type, shape)
    try Self.expectWhole(bytes.count, description.sampleBytes)
    self.init(
      description,
      SampleBatch(elementType: type, valuesPerSample: description.valuesPerSample, bytes: bytes))
  }

  /// Reads the samples of a file in any format that `vaec` supports.
  ///
  /// - Throws: ``CodecError/bytes(_:name:)`` and ``CodecError/samples(_:)``.
  package init(contentsOf path: String, reading options: ReadOptions = ReadOptions()) throws(CodecError) {
    let reader = try Self.reader(path, options, observing: nil)
    try self.init(all: reader)
  }

  /// Reads all samples of a reader.
  init(all reader: any SampleReader) throws(CodecError) {
    var parts: [SampleBatch] = []
    while let batch = try reading(reader, 1 << 16) { parts.append(batch) }
    self.init(reader.description, joining: parts)
  }

  /// Concatenates batches of one type and shape.
  init(_ description: SampleDescription, joining parts: [SampleBatch]) {
    self.init(
      description,
      SampleBatch(joining: parts)
        ?? SampleBatch(
          elementType: description.elementType, valuesPerSample: description.valuesPerSample, bytes: []))
  }

  private static func expectWhole(_ count: Int, _ perSample: Int) throws(CodecError) {
    guard count % perSample == 0 else {
      throw .samples(.truncatedRow(name: "samples", row: count / perSample + 1))
    }
  }

  /// The number of samples.
  public var count: Int { batch.rows }
  /// The shape of a sample.
  public var shape: [Int] { description.sampleShape }
  /// The type of the values.
  public var elementType: ElementType { description.elementType }
  /// The values as little-endian bytes, sample after sample.
  public var bytes: [UInt8] { batch.bytes }
  /// The values in binary32, sample after sample.
  public var values: [Float] { batch.floats() }

  /// The samples in a range.
  public subscript(range: Range<Int>) -> Samples { Samples(description, batch.rows(range)) }

  /// Writes the samples to a file in the format of its suffix: .npy, .idx, .csv, .tsv, .fvecs, .bvecs or .ivecs,
  /// optionally followed by .gz or .zst; any other suffix means npy.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - overwrite: whether to replace an existing file.
  package func write(to path: String, overwrite: Bool = false) throws(CodecError) {
    let writer = try Self.writer(path, overwrite: overwrite, .unknown, description)
    try writing(batch, to: writer)
    try finishing(writer)
  }
}

extension Samples {
  /// A reader of these samples.
  ///
  /// - Parameter observer: checked before each batch for cancellation.
  func reader(observing observer: TransferObserver) -> any SampleReader {
    WatchedReader(InMemorySamples([batch], description).reader(), observer)
  }

  /// A reader of a file.
  static func reader(
    _ path: String, _ options: ReadOptions, observing observer: TransferObserver?
  ) throws(CodecError) -> any SampleReader {
    let source = try withFileContext(path) { () throws(ByteIOError) in try FileSource(path: path) }
    do {
      return try SampleInput.open(observer?.watch(source) ?? source, name: path, options: options)
    } catch {
      throw .samples(error)
    }
  }

  /// A writer of a file in the format of its suffix.
  static func writer(
    _ path: String, overwrite: Bool, _ provenance: Provenance, _ description: SampleDescription
  ) throws(CodecError) -> any SampleWriter {
    do throws(SampleIOError) {
      let file: OutputFile
      do throws(ByteIOError) {
        file = try OutputFile(path: path, overwrite: overwrite, provenance: provenance)
      } catch {
        throw SampleIOError.bytes(error, name: path)
      }
      let named = try FormatName(suffixOf: path).map { (name) throws(SampleIOError) in
        try description.reformatted(as: name)
      }
      return try SampleOutput.make(named ?? description, to: SampleOutput.sink(wrapping: file, forName: path))
    } catch {
      throw .samples(error)
    }
  }

  /// A reader that stops when the work is cancelled.
  private final class WatchedReader: SampleReader {
    private let base: any SampleReader
    private let observer: TransferObserver

    init(_ base: any SampleReader, _ observer: TransferObserver) {
      self.base = base
      self.observer = observer
    }

    var description: SampleDescription { base.description }

    func read(maxRows: Int) throws(SampleIOError) -> SampleBatch? {
      if observer.isCancelled { throw .bytes(.cancelled, name: "samples") }
      return try base.read(maxRows: maxRows)
    }
  }
}

/// A writer that collects samples until the work is cancelled.
final class SamplesWriter: SampleWriter {
  private let description: SampleDescription
  private let observer: TransferObserver
  private var parts: [SampleBatch] = []

  /// - Parameter observer: checked before each batch for cancellation.
  init(_ description: SampleDescription, observing observer: TransferObserver) {
    self.description = description
    self.observer = observer
  }

  func write(_ batch: SampleBatch) throws(SampleIOError) {
    if observer.isCancelled { throw .bytes(.cancelled, name: "samples") }
    parts.append(batch.converted(to: description.elementType))
  }

  func finish() {}

  var samples: Samples { Samples(description, joining: parts) }
}
