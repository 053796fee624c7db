import Records
import VAECodec

/// An array in memory, with any strides.
///
/// Unchecked: the memory does not change, and outlives the handle or belongs to `owner`.
struct StridedArray: @unchecked Sendable {
  let description: SampleDescription
  private let base: UnsafeRawPointer
  private let shape: [Int]
  private let strides: [Int]
  private let owner: HeldBytes?
  /// The size of a value.
  private let size: Int
  /// Whether a row's values follow each other.
  private let isContiguousRow: Bool

  /// - Parameters:
  ///   - shape: in values; the first axis counts samples.
  ///   - strides: in bytes; nil for C order.
  init(
    _ base: UnsafeRawPointer, _ type: ValueType, shape: [Int], strides: [Int]?
  ) throws(LibraryError) {
    (self.base, self.shape, owner) = (base, shape, nil)
    size = type.size
    do {
      description = try SampleDescription(
        type: type, sampleShape: type.shapeOfNumbers(Array(shape.dropFirst())),
        format: .npy(version: 1, bigEndian: false), rows: shape.first, name: "array")
    } catch {
      throw .badShape("\(error)")
    }
    var (packed, next) = ([Int](repeating: 0, count: shape.count), size)
    for axis in shape.indices.reversed() {
      packed[axis] = next
      let (product, overflow) = next.multipliedReportingOverflow(by: max(1, shape[axis]))
      guard !overflow else { throw .badShape("array: more bytes than memory has") }
      next = product
    }
    self.strides = strides ?? packed
    isContiguousRow = zip(shape, zip(self.strides, packed)).dropFirst().allSatisfy {
      $0 == 1 || $1.0 == $1.1
    }
  }

  init(_ description: SampleDescription, _ owner: HeldBytes) {
    self.description = description
    base = owner.base
    shape = [description.rows ?? 0, description.sampleBytes]
    strides = [description.sampleBytes, 1]
    (self.owner, size, isContiguousRow) = (owner, 1, true)
  }

  var rows: Int { shape.first ?? 0 }

  /// The bytes of some rows, in C order.
  func bytes(_ range: Range<Int>) -> [UInt8] {
    let rowBytes = description.sampleBytes
    return [UInt8](unsafeUninitializedCapacity: range.count * rowBytes) { buffer, count in
      count = range.count * rowBytes
      guard var target = buffer.baseAddress.map({ UnsafeMutableRawPointer($0) }) else { return }
      if isContiguousRow, strides[0] == rowBytes {
        target.copyMemory(from: base + range.lowerBound * rowBytes, byteCount: count)
        return
      }
      for row in range {
        let first = base + row * strides[0]
        if isContiguousRow {
          target.copyMemory(from: first, byteCount: rowBytes)
          target += rowBytes
        } else {
          copy(first, axis: 1, to: &target)
        }
      }
    }
  }

  private func copy(_ source: UnsafeRawPointer, axis: Int, to target: inout UnsafeMutableRawPointer) {
    guard axis < shape.count else {
      target.copyMemory(from: source, byteCount: size)
      target += size
      return
    }
    for place in 0..<shape[axis] { copy(source + place * strides[axis], axis: axis + 1, to: &target) }
  }
}

/// Reads an array batch by batch.
final class ArrayReader: SampleReader {
  let description: SampleDescription
  private let array: StridedArray
  private let observer: TransferObserver
  private var next = 0

  /// - Parameter observer: checked before each batch for cancellation.
  init(_ array: StridedArray, _ observer: TransferObserver) {
    (self.array, self.observer, description) = (array, observer, array.description)
  }

  func read(maxRows: Int) throws(SampleIOError) -> SampleBatch? {
    if observer.isCancelled { throw .bytes(.cancelled, name: "array") }
    let range = next..<min(array.rows, next + max(1, maxRows))
    guard !range.isEmpty else { return nil }
    next = range.upperBound
    return SampleBatch(
      elementType: description.elementType, valuesPerSample: description.valuesPerSample,
      bytes: array.bytes(range))
  }
}
