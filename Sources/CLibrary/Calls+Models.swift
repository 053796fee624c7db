import ByteIO
import CVaec
import Records
import VAECodec

@_cdecl("vaec_fit")
public func fit(
  _ samples: UnsafePointer<UInt64>?, _ count: Int32, _ options: UnsafePointer<UnsafePointer<CChar>?>?,
  _ run: UnsafePointer<vaec_run>?, _ model: UnsafeMutablePointer<UInt64>?
) -> vaec_status {
  reporting {
    let model = try given(model, "model")
    let handles = UnsafeBufferPointer(start: try given(samples, "samples"), count: max(0, Int(count)))
    let origins = try handles.map { try Handles.samples($0) }
    guard let first = origins.first else { throw LibraryError.missing("samples") }
    var given = try CallOptions(options)
    let (fitting, memory) = try given.fitting()
    let layout = try given.layout()
    try given.finish()
    let running = Running(run)
    let fitted = try running { codec, watch in
      var rule: LayoutRule?
      switch layout {
      case .rule(let own)?: rule = own
      case .automatic?:
        let reader = try first.open(.fitting, running, watch.observer)
        rule = try codec.chooseLayout(
          of: reader, name: first.name, options: EncodeOptions(), fitting: fitting
        ).rule
      case .rows?, nil: break
      }
      let readers = try origins.map { origin -> (name: String, reader: any SampleReader) in
        let rows = try origin.open(.fitting, running, watch.observer)
        guard let rule else { return (origin.name, rows) }
        return (origin.name, try LayoutReader(rows, rule, name: origin.name, memory: running.memory))
      }
      return try codec.fit(readers, options: fitting, memory: memory, checkpoints: .discarded) {
        watch.report($0.fraction)
      }.model
    }
    model.pointee = Handles.add(.model(HeldModel(fitted)))
  }
}

@_cdecl("vaec_open_model")
public func openModel(
  _ path: UnsafePointer<CChar>?, _ run: UnsafePointer<vaec_run>?, _ model: UnsafeMutablePointer<UInt64>?
) -> vaec_status {
  reporting {
    Running.noteProcess()
    let model = try given(model, "model")
    let path = String(cString: try given(path, "path"))
    let source = try withFileContext(path) { () throws(ByteIOError) in try FileSource(path: path) }
    let read = try FittedModel.read(source, name: path, memory: Running(run).memory)
    model.pointee = Handles.add(.model(HeldModel(read)))
  }
}

@_cdecl("vaec_read_model")
public func readModel(
  _ bytes: UnsafeRawPointer?, _ size: UInt64, _ run: UnsafePointer<vaec_run>?,
  _ model: UnsafeMutablePointer<UInt64>?
) -> vaec_status {
  reporting {
    Running.noteProcess()
    let model = try given(model, "model")
    let content = Array(try buffer(bytes, size, "bytes"))
    let read = try FittedModel(bytes: content, name: "model", memory: Running(run).memory)
    model.pointee = Handles.add(.model(HeldModel(read)))
  }
}

/// Samples that a call makes.
private func making(
  _ run: UnsafePointer<vaec_run>?, _ result: UnsafeMutablePointer<UInt64>?,
  _ body:
    @escaping (Codec, Running, TransferObserver, @escaping DecodedPart.MakeWriter) throws(CodecError)
    -> Void
) throws {
  let result = try given(result, "the result")
  let running = Running(run)
  let part = try running { codec, watch in
    try DecodedPart.collecting("samples", watch.observer) { (makeWriter) throws(CodecError) in
      try body(codec, running, watch.observer, makeWriter)
    }
  }
  result.pointee = Handles.add(.decoded(try DecodedSamples(part)))
}

@_cdecl("vaec_embed")
public func embed(
  _ samples: UInt64, _ model: UInt64, _ latents: Int32, _ run: UnsafePointer<vaec_run>?,
  _ array: UnsafeMutablePointer<UInt64>?
) -> vaec_status {
  reporting {
    let (origin, model) = (try Handles.samples(samples), try Handles.model(model))
    try making(run, array) { (codec, running, observer, makeWriter) throws(CodecError) in
      _ = try codec.embed(
        try origin.open(.values(model), running, observer), name: origin.name, model: model,
        latents: latents > 0 ? Int(latents) : nil, makeWriter: makeWriter)
    }
  }
}

@_cdecl("vaec_invert")
public func invert(
  _ latents: UInt64, _ model: UInt64, _ run: UnsafePointer<vaec_run>?,
  _ samples: UnsafeMutablePointer<UInt64>?
) -> vaec_status {
  reporting {
    let (origin, model) = (try Handles.samples(latents), try Handles.model(model))
    try making(run, samples) { (codec, running, observer, makeWriter) throws(CodecError) in
      _ = try codec.invert(
        try origin.open(.coding(nil), running, observer), name: "latents", model: model,
        makeWriter: makeWriter)
    }
  }
}

@_cdecl("vaec_sample")
public func sample(
  _ model: UInt64, _ count: Int64, _ options: UnsafePointer<UnsafePointer<CChar>?>?,
  _ run: UnsafePointer<vaec_run>?, _ samples: UnsafeMutablePointer<UInt64>?
) -> vaec_status {
  reporting {
    let model = try Handles.model(model)
    guard count > 0 else {
      throw LibraryError.badOption("count", reason: "is \(count); give an integer from 1")
    }
    var given = try CallOptions(options)
    let quality = try given.number("quality", 0...100)
    let sampler = try given.choice("sampler", Sampler.self)
    let seed = UInt64(try given.integer("seed", 0...Int.max) ?? 0)
    try given.finish()
    try making(run, samples) { (codec, _, _, makeWriter) throws(CodecError) in
      _ = try codec.sample(
        Int(count), from: model, name: "model", quality: quality, sampler: sampler, seed: seed,
        makeWriter: makeWriter)
    }
  }
}

@_cdecl("vaec_score_rows")
public func scoreRows(
  _ samples: UInt64, _ model: UInt64, _ quality: Double, _ run: UnsafePointer<vaec_run>?,
  _ array: UnsafeMutablePointer<UInt64>?
) -> vaec_status {
  reporting {
    let array = try given(array, "array")
    let (origin, model) = (try Handles.samples(samples), try Handles.model(model))
    guard (0...100).contains(quality) else {
      throw LibraryError.badOption("quality", reason: "is \(quality); give a number from 0.0 to 100.0")
    }
    let running = Running(run)
    let bits = try running { codec, watch in
      try codec.scoreRows(
        try origin.open(.values(model), running, watch.observer), name: origin.name, model: model,
        quality: quality)
    }
    let description = try SampleDescription(
      elementType: .f8, sampleShape: [], format: .npy(version: 1, bigEndian: false), rows: bits.count)
    array.pointee = Handles.add(
      .decoded(DecodedSamples(description, bits.withUnsafeBytes { Array($0) })))
  }
}
