import ByteIO
import Tensor

/// Reads the content of a model file, part after part.
///
/// A count is checked against its range and the bytes that remain before anything of its size is made; what becomes large in
/// memory is added up first.
struct ModelReader {
  var bytes: ByteReader
  let kernels: Kernels
  private var memory: ModelMemory

  /// - Parameter memory: how much the model, and work with it on a block of rows, may take.
  init(_ content: [UInt8], kernels: Kernels, memory: MemoryLimit) throws(ModelFileError) {
    bytes = ByteReader(content)
    self.kernels = kernels
    self.memory = try ModelMemory(memory, content: content.count)
  }

  /// Admits something that takes so many bytes of memory.
  mutating func admit(_ size: Int) throws(ModelFileError) { try memory.add(size) }

  /// Admits a matrix in panels, and its transpose where there is one.
  mutating func admit(_ shape: WeightShape, andTranspose: Bool = false) throws(ModelFileError) {
    try memory.add(shape, andTranspose: andTranspose)
  }

  mutating func byte() throws(ModelFileError) -> UInt8 {
    try reading { () throws(ByteReader.Failure) in try bytes.integer() }
  }

  /// - Parameter what: is counted, in messages.
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

  /// A finite number in 16 bits.
  mutating func stored() throws(ModelFileError) -> Float {
    let value = try reading { () throws(ByteReader.Failure) in try bytes.stored() }
    guard value.isFinite else { throw .damaged("a factor or deviation is not finite") }
    return value
  }

  mutating func matrix(_ shape: WeightShape) throws(ModelFileError) -> StoredMatrix {
    try StoredMatrix(from: &bytes, rows: shape.inputs, columns: shape.outputs)
  }

  /// Throws where bytes are left.
  func finish() throws(ModelFileError) {
    guard bytes.remaining == 0 else { throw .damaged("it goes on after its end") }
  }
}
