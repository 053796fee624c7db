import ByteIO
import Tensor

/// The memory that a model takes, added up while its file is parsed and before it is allocated.
struct ModelMemory {
  private let limit: MemoryLimit
  package private(set) var bytes: Int

  /// - Parameter content: the size of the content in bytes, which is already in memory.
  init(_ limit: MemoryLimit, content: Int) throws(ModelFileError) {
    self.limit = limit
    bytes = 0
    // Numbers, terms and metadata take at most eight times their bytes in the file.
    try add(MemoryLimit.sum((content, 9)))
  }

  /// Adds `size` bytes.
  mutating func add(_ size: Int) throws(ModelFileError) {
    bytes = MemoryLimit.sum((bytes, 1), (size, 1))
    do {
      try limit.admit(bytes)
    } catch {
      throw .memory(needs: bytes)
    }
  }

  /// Adds weights in panels, and their transpose if there is one.
  mutating func add(_ shape: WeightShape, andTranspose: Bool = false) throws(ModelFileError) {
    try add(MemoryLimit.sum((shape.count, MemoryLayout<Float>.size)))
    if andTranspose { try add(WeightShape(inputs: shape.outputs, outputs: shape.inputs)) }
  }
}

extension Model {
  /// The memory in bytes for work on a block of rows: the activations, and the tables of all planes that have one.
  ///
  /// - Parameter rows: the number of rows in the block.
  package func workingBytes(rows: Int) -> Int {
    let architecture = network?.parameters.architecture
    let hidden = architecture?.hidden.reduce(0) { $0 + paddedToPanels($1) } ?? 0
    let latents = architecture.map { paddedToPanels($0.latents) } ?? 0
    let components = layers.reduce(0) { $0 + paddedToPanels($1.components) }
    // See `SampleCoder` and `NetworkActivations`; and `ChunkCodec` for the block and its reconstruction.
    let columns =
      5 * paddedToPanels(width) + 4 * paddedToPanels(values) + 4 * hidden + 8 * latents + 2 * components
      + (architecture?.anchors ?? 0)
    return MemoryLimit.sum(
      (columns, rows * MemoryLayout<Float>.size),
      ((architecture?.latents ?? 0) + 3 * ScaleLevel.count + 2 * KLTLayer.maximumShapes, Self.tableBytes))
  }

  /// The size in bytes of a frequency table, including what coders derive from it.
  private static let tableBytes = 1 << 15 + 1 << 13
}
