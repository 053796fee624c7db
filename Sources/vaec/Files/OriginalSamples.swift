import ByteIO
import Records
import VAECodec

/// The original samples of a stream, read along with it to measure the error of decoded ones.
final class OriginalSamples {
  private let input: InputFile
  private let memory: MemoryLimit
  private var reader: (any SampleReader)?
  private var rows = 0
  /// How decoded samples keep their text; nil if they do not.
  private var kept: KeptText?
  private var stream = ""
  private var measured = Distortion()
  /// The same by column, if samples have one axis.
  private var measuredByColumn: Distortion?
  /// Why the samples cannot be compared, if so.
  private(set) var refusal: CommandError?

  init(_ input: InputFile, memory: MemoryLimit) {
    self.input = input
    self.memory = memory
  }

  /// Opens the originals of the decoded samples of the stream `name`.
  ///
  /// - Parameter description: of the decoded samples; it supplies type and shape of raw originals.
  func open(as description: SampleDescription, name: String) throws(CodecError) {
    stream = name
    var options = ReadOptions(memory: memory)
    switch description.format {
    case .raw:
      (options.format, options.type, options.shape) = (
        .raw, description.type, description.type.shape(ofNumbers: description.sampleShape)
      )
    case .delimited(let style):
      options.header = style.kept == nil ? style.header != nil : nil
      kept = style.kept
      // The columns of numbers are those of the stream, whatever a reader would take for one.
      options.columns.fitted = style.kept.map { FittedColumns($0, names: nil) }
    case .records(let layout): options.array = layout.onlyArray
    default: break
    }
    let reader = try input.reader(of: try input.open(), options)
    let own = reader.description
    guard own.sampleShape == description.sampleShape, own.type == description.type else {
      refusal = .cannotCompare(
        name: input.name, found: ModelText.samples(own.sampleShape, own.type), stream: name,
        expected: ModelText.samples(description.sampleShape, description.type))
      throw .samples(.cannotWrite(format: "the output", reason: "its originals are others"))
    }
    self.reader = reader
    let width = own.valuesPerSample
    if measuredByColumn == nil, own.sampleShape.count == 1, width <= Self.maximumColumns {
      measuredByColumn = Distortion(ErrorScale(ranges: [Double](repeating: 0, count: width)))
    }
  }

  /// With more values, errors are not reported by column.
  private static let maximumColumns = 1 << 16

  /// Compares the next decoded samples.
  ///
  /// - Parameter written: the output description; rounding to decimals or another type counts as error.
  func compare(_ batch: SampleBatch, as written: SampleDescription) throws(SampleIOError) {
    var batch = batch
    if let kept, let text = batch.text, written.format.kept != nil {
      // What the file will say, rounded as it is spelled, and cells that are no numbers among it.
      batch = SampleBatch(
        doubles: kept.numbers(in: text), elementType: .f8, valuesPerSample: batch.valuesPerSample)
    }
    let decoded = batch.converted(to: written.elementType)
    var done = 0
    while done < batch.rows {
      guard let original = try reader?.read(maxRows: batch.rows - done) else {
        refusal = .otherRows(name: input.name, stream: stream, isFewer: true)
        throw .cannotWrite(format: "the output", reason: "its originals are fewer")
      }
      let part = decoded.rows(done..<done + original.rows)
      measured.add(original, part, as: written)
      measuredByColumn?.add(original, part, as: written)
      done += original.rows
    }
  }

  /// The error of the decoded samples.
  ///
  /// - Parameter scale: what errors are measured in, and PSNR against; with a peak of 0, the range of the originals.
  func distortion(in scale: ErrorScale) -> Distortion {
    (scale.isByColumn ? measuredByColumn ?? measured : measured).against(scale)
  }

  /// Throws if there are more originals than decoded samples.
  func finish() throws {
    let next: SampleBatch?
    do throws(SampleIOError) {
      next = try reader?.read(maxRows: 1)
    } catch {
      throw CodecError.samples(error)
    }
    if next != nil { throw CommandError.otherRows(name: input.name, stream: stream, isFewer: false) }
  }
}
