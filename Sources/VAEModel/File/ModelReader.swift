import ByteIO
import Tensor

/// Parses the content of a model file, part after part.
///
/// A count is checked against its range and the remaining bytes before anything of its size is created. Large
/// allocations are added up first.
struct ModelReader {
  var bytes: ByteReader
  let kernels: Kernels
  private var memory: ModelMemory

  /// - Parameter memory: the limit for the model and for work with it on a block of rows.
  init(_ content: [UInt8], kernels: Kernels, memory: MemoryLimit) throws(ModelFileError) {
    bytes = ByteReader(content)
    self.kernels = kernels
    self.memory = try ModelMemory(memory, content: content.count)
  }

  /// Adds `size` bytes of memory. Throws if the limit is exceeded.
  mutating func admit(_ size: Int) throws(ModelFileError) { try memory.add(size) }

  /// Adds a matrix in panels, and its transpose if there is one. Throws if the limit is exceeded.
  mutating func admit(_ shape: WeightShape, andTranspose: Bool = false) throws(ModelFileError) {
    try memory.add(shape, andTranspose: andTranspose)
  }

  mutating func byte() throws(ModelFileError) -> UInt8 {
    try reading { () throws(ByteReader.Failure) in try bytes.integer() }
  }

  /// Parses a count. Throws if it is not within `range`.
  ///
  /// - Parameter what: what is counted, in messages.
  mutating func count(_ range: ClosedRange<Int>, _ what: String) throws(ModelFileError) -> Int {
    let value = try reading { () throws(ByteReader.Failure) in try bytes.count() }
    guard range.contains(value) else { throw .damaged("it has \(value) \(what)") }
    return value
  }

  mutating func flag() throws(ModelFileError) -> Bool {
    let value = try byte()
    guard value <= 1 else { throw .damaged("a flag is neither 0 nor 1") }
    return value == 1
  }

  mutating func float() throws(ModelFileError) -> Float {
    try reading { () throws(ByteReader.Failure) in try bytes.float() }
  }

  mutating func floats(_ count: Int) throws(ModelFileError) -> [Float] {
    guard count <= bytes.remaining / 4 else { throw .damaged("it ends early") }
    var result: [Float] = []
    for _ in 0..<count { result.append(try float()) }
    return result
  }

  /// Parses a finite number of 16 bits.
  mutating func stored() throws(ModelFileError) -> Float {
    let value = try reading { () throws(ByteReader.Failure) in try bytes.stored() }
    guard value.isFinite else { throw .damaged("a factor or deviation is not finite") }
    return value
  }

  mutating func matrix(_ shape: WeightShape) throws(ModelFileError) -> StoredMatrix {
    try StoredMatrix(from: &bytes, rows: shape.inputs, columns: shape.outputs)
  }

  /// Throws if bytes are left.
  func finish() throws(ModelFileError) {
    guard bytes.remaining == 0 else { throw .damaged("it goes on after its end") }
  }
}
