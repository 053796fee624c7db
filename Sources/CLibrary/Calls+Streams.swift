import ByteIO
import CVaec
import Records
import VAECodec

@_cdecl("vaec_encode")
public func encode(
  _ samples: UInt64, _ model: UInt64, _ options: UnsafePointer<UnsafePointer<CChar>?>?,
  _ run: UnsafePointer<vaec_run>?, _ bytes: UnsafeMutablePointer<UInt64>?
) -> vaec_status {
  reporting {
    let bytes = try given(bytes, "bytes")
    let (origin, model) = (try Handles.samples(samples), try Handles.optionalModel(model))
    var given = try CallOptions(options)
    let options = try given.encoding()
    try given.finish()
    if model == nil, options.errorBound == nil, case .quality = options.target {
      throw LibraryError.needsBound
    }
    let running = Running(run)
    let stream = try running { codec, watch in
      let sink = MemorySink(canPatch: true)
      let open = { () throws(CodecError) -> any SampleReader in
        try origin.open(.coding(model), running, watch.observer)
      }
      let report =
        if let model {
          try codec.encode(
            try open(), name: origin.name, model: model, options: options, to: sink, reopen: open)
        } else {
          try codec.encodePlain(name: origin.name, options: options, to: sink, open: open)
        }
      try codec.readBack(sink, name: origin.name, samples: report.samples)
      return sink.bytes
    }
    bytes.pointee = Handles.add(.bytes(HeldBytes(stream)))
  }
}

@_cdecl("vaec_pack")
public func pack(
  _ samples: UInt64, _ options: UnsafePointer<UnsafePointer<CChar>?>?, _ run: UnsafePointer<vaec_run>?,
  _ bytes: UnsafeMutablePointer<UInt64>?
) -> vaec_status {
  reporting {
    let bytes = try given(bytes, "bytes")
    let origin = try Handles.samples(samples)
    var given = try CallOptions(options)
    let options = try given.encoding(standard: .lossless)
    let (fitting, memory) = try given.fitting()
    let layout = try given.layout() ?? .automatic
    try given.finish()
    let running = Running(run)
    let stream = try running { codec, watch in
      let sink = MemorySink(canPatch: true)
      let report = try codec.pack(
        name: origin.name, fitOptions: fitting, memory: memory, options: options, layout: layout, to: sink,
        open: { () throws(CodecError) in try origin.open(.coding(nil), running, watch.observer) },
        checkpoints: .discarded, progress: { watch.report($0.fraction) })
      try codec.readBack(sink, name: origin.name, samples: report.encode.samples)
      return sink.bytes
    }
    bytes.pointee = Handles.add(.bytes(HeldBytes(stream)))
  }
}

@_cdecl("vaec_open_stream")
public func openStream(
  _ path: UnsafePointer<CChar>?, _ run: UnsafePointer<vaec_run>?, _ stream: UnsafeMutablePointer<UInt64>?
) -> vaec_status {
  reporting {
    Running.noteProcess()
    let stream = try given(stream, "stream")
    let path = String(cString: try given(path, "path"))
    let store = try withFileContext(path) { () throws(ByteIOError) in try FileSource(path: path).store() }
    stream.pointee = try add(OpenStream(store, name: path), run)
  }
}

@_cdecl("vaec_read_stream")
public func readStream(
  _ bytes: UnsafeRawPointer?, _ size: UInt64, _ run: UnsafePointer<vaec_run>?,
  _ stream: UnsafeMutablePointer<UInt64>?
) -> vaec_status {
  reporting {
    Running.noteProcess()
    let stream = try given(stream, "stream")
    let content = Array(try buffer(bytes, size, "bytes"))
    stream.pointee = try add(OpenStream(MemoryStore(content), name: "stream"), run)
  }
}

/// A handle of a stream whose headers can be read.
private func add(_ stream: OpenStream, _ run: UnsafePointer<vaec_run>?) throws -> UInt64 {
  _ = try stream.rows(try Running(run).codec())
  return Handles.add(.stream(stream))
}

@_cdecl("vaec_rows")
public func rows(
  _ stream: UInt64, _ run: UnsafePointer<vaec_run>?, _ rows: UnsafeMutablePointer<Int64>?
) -> vaec_status {
  reporting {
    let rows = try given(rows, "rows")
    rows.pointee = Int64(try Handles.stream(stream).rows(try Running(run).codec()))
  }
}

@_cdecl("vaec_decode")
public func decode(
  _ stream: UInt64, _ model: UInt64, _ first: Int64, _ last: Int64, _ run: UnsafePointer<vaec_run>?,
  _ samples: UnsafeMutablePointer<UInt64>?
) -> vaec_status {
  reporting {
    let samples = try given(samples, "samples")
    let (stream, model) = (try Handles.stream(stream), try Handles.optionalModel(model))
    let (lower, upper) = (Int(max(0, first)), last < 0 ? Int.max : Int(last))
    let part = try Running(run) { codec, watch in
      try stream.decode(
        lower..<max(lower, upper), codec: codec, model: model, observer: watch.observer)
    }
    samples.pointee = Handles.add(.decoded(try DecodedSamples(part)))
  }
}
