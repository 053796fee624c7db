import CVaec
import Records

@_cdecl("vaec_table")
public func table(
  _ stream: UnsafeMutableRawPointer?, _ options: UnsafePointer<UnsafePointer<CChar>?>?,
  _ samples: UnsafeMutablePointer<UInt64>?
) -> vaec_status {
  reporting {
    Running.noteProcess()
    let stream = try given(stream, "stream").assumingMemoryBound(to: ArrowArrayStream.self)
    let input = try ArrowInput(stream)
    let samples = try given(samples, "samples")
    var given = try CallOptions(options)
    let reading = ArrowTable.reading(input.columns, try given.reading())
    try given.finish()
    samples.pointee = Handles.add(.samples(.content(HeldBytes(input.text), name: "table.csv", reading)))
  }
}

@_cdecl("vaec_export")
public func export(_ samples: UInt64, _ stream: UnsafeMutableRawPointer?) -> vaec_status {
  reporting {
    let stream = try given(stream, "stream").assumingMemoryBound(to: ArrowArrayStream.self)
    let held: HeldBytes
    switch try Handles.held(samples) {
    case .decoded(let decoded):
      guard !decoded.isArray else { throw LibraryError.notATable }
      held = decoded.bytes
    case .samples(.content(let content, _, _)): held = content
    default: throw LibraryError.otherKind(samples, wanted: "a table")
    }
    try ArrowOutput(held.bytes).export(to: stream)
  }
}
