/// Whether this machine is big-endian.
let hostIsBigEndian = 1.bigEndian == 1

/// Reverses the bytes of each number of `size` bytes.
func reverseBytes(_ bytes: inout [UInt8], size: Int) {
  bytes.withUnsafeMutableBytes { raw in
    switch size {
    case 2: reverse(raw, UInt16.self)
    case 4: reverse(raw, UInt32.self)
    case 8: reverse(raw, UInt64.self)
    default: break
    }
  }
}

@inline(__always)
private func reverse<T: FixedWidthInteger & BitwiseCopyable>(
  _ raw: UnsafeMutableRawBufferPointer, _ type: T.Type
) {
  guard let base = raw.baseAddress else { return }
  for index in 0..<raw.count / MemoryLayout<T>.size {
    let offset = index &* MemoryLayout<T>.size
    let value = base.loadUnaligned(fromByteOffset: offset, as: T.self)
    base.storeBytes(of: value.byteSwapped, toByteOffset: offset, as: T.self)
  }
}
