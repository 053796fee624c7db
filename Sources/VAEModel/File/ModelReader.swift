import ByteIO
import EntropyCoding
import Tensor

/// Parses the content of a model file, part after part.
///
/// A count is checked against its range and the remaining bytes before anything of its size is created. Large
/// allocations are added up first.
struct ModelReader {
  var bytes: ByteReader
  let kernels: Kernels
  private var memory: ModelMemory
  private var weights = WeightCoding()
  private var codes: BitDecoder
  /// The number of weights that may follow.
  private var admitted: Int

  /// A weight takes at least this part of a byte.
  private static let weightsOfByte = 4096

  /// - Parameter memory: the limit for the model and for work with it on a block of rows.
  init(_ content: [UInt8], kernels: Kernels, memory: MemoryLimit) throws(ModelFileError) {
    var r = ByteReader(content)
    let own = try reading { () throws(ByteReader.Failure) in try r.take(r.count()) }
    codes = BitDecoder(own)
    bytes = r
    // A few are free: an encoder leaves out bytes of zeros.
    admitted = MemoryLimit.sum((own.count + 4, Self.weightsOfByte))
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

  /// Throws if the file cannot hold so many weights.
  func expect(weights: Int) throws(ModelFileError) {
    guard weights <= admitted else { throw .damaged("a matrix is larger than the file") }
  }

  /// Parses a matrix of known size.
  mutating func matrix(_ shape: WeightShape) throws(ModelFileError) -> StoredMatrix {
    let (count, overflow) = shape.inputs.multipliedReportingOverflow(by: shape.outputs)
    guard !overflow else { throw .damaged("a matrix is larger than the file") }
    try expect(weights: count)
    admitted -= count
    let stepCount = try flag() ? shape.inputs : 1
    guard stepCount <= bytes.remaining / 2 else { throw .damaged("a matrix is larger than the file") }
    var steps: [Float] = []
    for _ in 0..<stepCount {
      let step = try stored()
      guard step > 0, step <= StoredMatrix.largestStep else {
        throw .damaged("a matrix has an impossible step")
      }
      steps.append(step)
    }
    try memory.add(MemoryLimit.sum((count, MemoryLayout<Int16>.size)))
    var codes = [Int16](repeating: 0, count: count)
    guard weights.code(&codes, columns: shape.outputs, steps: steps, &self.codes) else {
      throw .damaged("a matrix has an impossible code")
    }
    return StoredMatrix(rows: shape.inputs, columns: shape.outputs, steps: steps, codes: codes)
  }

  /// Throws if bytes are left, or codes.
  func finish() throws(ModelFileError) {
    guard bytes.remaining == 0, codes.isAtEnd else { throw .damaged("it goes on after its end") }
  }
}
