import ByteIO
import CVaec
import Records
import VAECodec

// The functions of include/vaec.h, which says what they do.

/// The version, at an address that does not change.
private let versionText = StaticText(Release.version)

/// A text with a zero at its end.
private struct StaticText: @unchecked Sendable {
  // Unchecked: it is never changed, and never freed.
  let start: UnsafePointer<CChar>

  init(_ text: String) {
    let bytes = Array(text.utf8CString)
    let memory = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count)
    memory.initialize(from: bytes, count: bytes.count)
    start = UnsafePointer(memory)
  }
}

private let noText = StaticText("")

@_cdecl("vaec_version") public func version() -> UnsafePointer<CChar> { versionText.start }

@_cdecl("vaec_abi") public func abi() -> Int32 { VAEC_ABI }

@_cdecl("vaec_message") public func message() -> UnsafePointer<CChar> { LastFailure.text ?? noText.start }

@_cdecl("vaec_errno") public func errorNumber() -> Int32 { LastFailure.number }

@_cdecl("vaec_handles") public func handles() -> UInt64 { UInt64(Handles.count) }

@_cdecl("vaec_free") public func free(_ handle: UInt64) -> vaec_status {
  reporting { try Handles.free(handle) }
}

/// The pointer, if it is not NULL.
func given<P>(_ pointer: P?, _ name: String) throws(LibraryError) -> P {
  guard let pointer else { throw .missing(name) }
  return pointer
}

/// The `size` bytes of an argument, which the caller may change as soon as the call returns.
func buffer(
  _ bytes: UnsafeRawPointer?, _ size: UInt64, _ name: String
) throws(LibraryError) -> UnsafeRawBufferPointer {
  guard size <= UInt64(Int.max) else { throw .badShape("\(name): more bytes than memory has") }
  let start = size == 0 ? nil : try given(bytes, name)
  return UnsafeRawBufferPointer(start: start, count: Int(size))
}

@_cdecl("vaec_array")
public func array(
  _ data: UnsafeRawPointer?, _ type: UnsafePointer<CChar>?, _ axes: Int32, _ shape: UnsafePointer<Int64>?,
  _ strides: UnsafePointer<Int64>?, _ samples: UnsafeMutablePointer<UInt64>?
) -> vaec_status {
  reporting {
    Running.noteProcess()
    let samples = try given(samples, "samples")
    let name = String(cString: try given(type, "type"))
    guard let type = ValueType(named: name) else { throw LibraryError.badType(name) }
    guard (1...33).contains(axes) else {
      throw LibraryError.badShape("array: has \(axes) axes; an array of samples has 1 to 33")
    }
    let shape = UnsafeBufferPointer(start: try given(shape, "shape"), count: Int(axes)).map { Int($0) }
    guard shape.allSatisfy({ $0 >= 0 }) else {
      throw LibraryError.badShape("array: has an axis of negative length")
    }
    let strides = strides.map { UnsafeBufferPointer(start: $0, count: Int(axes)).map { Int($0) } }
    let data = shape.contains(0) ? data ?? UnsafeRawPointer(versionText.start) : try given(data, "data")
    samples.pointee = Handles.add(
      .samples(.array(try StridedArray(data, type, shape: shape, strides: strides))))
  }
}

@_cdecl("vaec_content")
public func content(
  _ bytes: UnsafeRawPointer?, _ size: UInt64, _ name: UnsafePointer<CChar>?,
  _ options: UnsafePointer<UnsafePointer<CChar>?>?, _ samples: UnsafeMutablePointer<UInt64>?
) -> vaec_status {
  reporting {
    Running.noteProcess()
    let samples = try given(samples, "samples")
    var given = try CallOptions(options)
    let reading = try given.reading()
    try given.finish()
    let held = HeldBytes(try buffer(bytes, size, "bytes"))
    samples.pointee = Handles.add(
      .samples(.content(held, name: name.map { String(cString: $0) } ?? "content", reading)))
  }
}

@_cdecl("vaec_file")
public func file(
  _ path: UnsafePointer<CChar>?, _ options: UnsafePointer<UnsafePointer<CChar>?>?,
  _ samples: UnsafeMutablePointer<UInt64>?
) -> vaec_status {
  reporting {
    Running.noteProcess()
    let samples = try given(samples, "samples")
    let path = String(cString: try given(path, "path"))
    var given = try CallOptions(options)
    let reading = try given.reading()
    try given.finish()
    // What is not there is told at once.
    _ = try withFileContext(path) { () throws(ByteIOError) in try FileSource(path: path) }
    samples.pointee = Handles.add(.samples(.file(path: path, reading)))
  }
}

@_cdecl("vaec_shape")
public func shape(
  _ samples: UInt64, _ type: UnsafeMutablePointer<CChar>?, _ axes: UnsafeMutablePointer<Int32>?,
  _ shape: UnsafeMutablePointer<Int64>?
) -> vaec_status {
  reporting {
    let (type, axes) = (try given(type, "type"), try given(axes, "axes"))
    let lengths = try given(shape, "shape")
    var found: (name: String, shape: [Int])?
    switch try Handles.held(samples) {
    case .samples(.array(let array)):
      let of = array.description
      found = (of.type.name, [of.rows ?? 0] + of.type.shape(ofNumbers: of.sampleShape))
    case .decoded(let decoded) where decoded.isArray: found = (decoded.description.type.name, decoded.shape)
    case .samples, .decoded: break
    default: throw LibraryError.otherKind(samples, wanted: "samples")
    }
    let name = Array((found?.name ?? "").utf8CString.prefix(15)) + [0]
    for (place, byte) in name.enumerated() { type[place] = byte }
    axes.pointee = found.map { Int32($0.shape.count) } ?? -1
    for (axis, length) in (found?.shape ?? []).prefix(33).enumerated() { lengths[axis] = Int64(length) }
  }
}

@_cdecl("vaec_bytes")
public func bytes(
  _ handle: UInt64, _ bytes: UnsafeMutablePointer<UnsafeRawPointer?>?, _ size: UnsafeMutablePointer<UInt64>?
) -> vaec_status {
  reporting {
    let (bytes, size) = (try given(bytes, "bytes"), try given(size, "size"))
    let held: HeldBytes
    switch try Handles.held(handle) {
    case .bytes(let own): held = own
    case .model(let model): held = model.bytes
    case .decoded(let samples): held = samples.bytes
    case .samples(.content(let own, _, _)): held = own
    default: throw LibraryError.otherKind(handle, wanted: "a result with bytes")
    }
    (bytes.pointee, size.pointee) = (held.base, UInt64(held.count))
  }
}

@_cdecl("vaec_describe")
public func describe(
  _ handle: UInt64, _ run: UnsafePointer<vaec_run>?, _ text: UnsafeMutablePointer<UInt64>?
) -> vaec_status {
  reporting {
    let text = try given(text, "text")
    let running = Running(run)
    let json: JSON
    switch try Handles.held(handle) {
    case .model(let held): json = JSON(held.model.summary)
    case .stream(let stream): json = JSON(stream, rows: try stream.rows(try running.codec()))
    case .decoded(let samples): json = JSON(samples.description)
    case .samples(let origin):
      json = JSON(try origin.open(.coding(nil), running, TransferObserver()).description)
    case .bytes(let held): json = .object([("kind", .text("bytes")), ("bytes", .number(Double(held.count)))])
    }
    text.pointee = Handles.add(.bytes(HeldBytes(Array(json.text.utf8))))
  }
}
