import ByteIO
import Records
import VAECodec

/// Where samples come from. They can be read any number of times.
enum Origin: Sendable {
  /// An array in memory.
  case array(StridedArray)
  /// The content of a file: its bytes, its name, and how it is read.
  case content(HeldBytes, name: String, ReadOptions)
  case file(path: String, ReadOptions)

  /// The samples in messages.
  var name: String {
    switch self {
    case .array: "array"
    case .content(_, let name, _): name
    case .file(let path, _): path
    }
  }

  /// What the readers are for.
  enum Purpose {
    /// Fitting a model: text is read for its words.
    case fitting
    /// Encoding, without a model or with that one: text is kept.
    case coding(FittedModel?)
    /// Anything else that takes the values of samples for a model.
    case values(FittedModel)
  }

  /// A reader of the samples from the first on.
  func open(_ purpose: Purpose, _ running: Running, _ observer: TransferObserver) throws(CodecError)
    -> any SampleReader
  {
    do throws(SampleIOError) {
      switch self {
      case .array(let array): return ArrayReader(array, observer)
      case .content(let held, let name, let options):
        let source = observer.watch(HeldSource(held))
        return try SampleInput.open(source, name: name, options: reading(options, purpose, running))
      case .file(let path, let options):
        let source: FileSource
        do throws(ByteIOError) {
          source = try FileSource(path: path)
        } catch {
          throw SampleIOError.bytes(error, name: path)
        }
        return try SampleInput.open(
          observer.watch(source), name: path, options: reading(options, purpose, running))
      }
    } catch {
      throw .samples(error)
    }
  }

  private func reading(_ given: ReadOptions, _ purpose: Purpose, _ running: Running) -> ReadOptions {
    var options = given
    options.memory = running.memory
    let model: FittedModel?
    switch purpose {
    case .fitting:
      options.keepsWords = true
      return options
    case .coding(let coding):
      model = coding
      options.keepsText = model?.layout == nil
    case .values(let coding): model = coding
    }
    if let model {
      options.columns = model.columnRoles
      options.columns.read = given.columns.read
      options.shape = options.shape ?? model.shapeOfRaw(options)
    }
    return options
  }
}

/// Bytes of a handle as a source.
private final class HeldSource: ByteSource {
  private let held: HeldBytes
  private var position = 0

  init(_ held: HeldBytes) { self.held = held }

  func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    let count = min(buffer.count, held.bytes.count - position)
    buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: held.bytes[position..<position + count]))
    position += count
    return count
  }
}

/// Decoded samples behind a handle.
final class DecodedSamples: Sendable {
  let description: SampleDescription
  let isArray: Bool
  let bytes: HeldBytes

  init(_ part: DecodedPart) throws(CodecError) {
    (description, isArray) = (part.description, part.isArray)
    bytes = HeldBytes(try part.content())
  }

  init(_ description: SampleDescription, _ values: [UInt8]) {
    (self.description, isArray, bytes) = (description, true, HeldBytes(values))
  }

  /// The same as samples to work on.
  var origin: Origin {
    guard isArray else {
      let name = description.format.isTable ? "table.csv" : "records"
      var options = ReadOptions()
      options.columns.keepsCounters = true
      return .content(bytes, name: name, ArrowTable.reading(bytes.bytes, options))
    }
    return .array(StridedArray(description, bytes))
  }

  /// The array's shape in values.
  var shape: [Int] { [description.rows ?? 0] + description.type.shape(ofNumbers: description.sampleShape) }
}
