import CLibrary
import CVaec
import Foundation
import Testing

/// The functions of include/vaec.h, as programs in C see them. Bindings/python/tests has more of their behaviour.
@Suite("libvaec")
struct CLibraryTests {
  /// 200 bumps anywhere on a ring of 16 values.
  private static let bumps: [Float] = (0..<200).flatMap { row in
    (0..<16).map { i in
      let d = Float((i * 25 + row * 7) % 400) / 25 - 8
      return exp(-d * d)
    }
  }

  private func withOptions<R>(
    _ options: [String], _ body: (UnsafePointer<UnsafePointer<CChar>?>) throws -> R
  ) rethrows -> R {
    let texts = options.map { strdup($0) }
    let list = UnsafeMutablePointer<UnsafePointer<CChar>?>.allocate(capacity: texts.count + 1)
    list.initialize(repeating: nil, count: texts.count + 1)
    for (place, text) in texts.enumerated() { list[place] = text.map { UnsafePointer($0) } }
    defer {
      for text in texts { free(text) }
      list.deallocate()
    }
    return try body(list)
  }

  /// The handle that a call makes; the call must succeed.
  private func made(_ call: (UnsafeMutablePointer<vaec_handle>) -> vaec_status) throws -> vaec_handle {
    var handle: vaec_handle = 0
    try #require(call(&handle) == VAEC_OK, "\(String(cString: vaec_message()))")
    return handle
  }

  private func bytes(_ handle: vaec_handle) throws -> [UInt8] {
    var (start, size): (UnsafeRawPointer?, UInt64) = (nil, 0)
    try #require(vaec_bytes(handle, &start, &size) == VAEC_OK)
    return Array(UnsafeRawBufferPointer(start: start, count: Int(size)))
  }

  private func floats(_ handle: vaec_handle) throws -> [Float] {
    try bytes(handle).withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
  }

  private func withSamples(_ body: (vaec_handle) throws -> Void) throws {
    try Self.bumps.withUnsafeBytes { memory in
      let samples = try made { vaec_array(memory.baseAddress, "f4", 2, [200, 16], nil, $0) }
      defer { vaec_free(samples) }
      try body(samples)
    }
  }

  @Test("samples are fitted, encoded, decoded in parts, embedded, drawn and scored")
  func whole() throws {
    try withSamples { samples in
      let model = try withOptions(["epochs=400", "hidden=32"]) { options in
        try made { vaec_fit([samples], 1, options, nil, $0) }
      }
      let stream = try withOptions(["max_error=0.01", "chunk_rows=50"]) { options in
        let encoded = try made { vaec_encode(samples, model, options, nil, $0) }
        let content = try bytes(encoded)
        return try made { vaec_read_stream(content, UInt64(content.count), nil, $0) }
      }
      var rows: Int64 = 0
      #expect(vaec_rows(stream, nil, &rows) == VAEC_OK && rows == 200)
      for range in [60..<70, 65..<75, 40..<160, 0..<200] {
        let part = try floats(
          try made { vaec_decode(stream, model, Int64(range.lowerBound), Int64(range.upperBound), nil, $0) })
        let original = Self.bumps[range.lowerBound * 16..<range.upperBound * 16]
        #expect(part.count == original.count)
        #expect(zip(part, original).allSatisfy { abs($0 - $1) <= 0.01 })
      }
      let latents = try made { vaec_embed(samples, model, 0, nil, $0) }
      var (type, axes) = ([CChar](repeating: 0, count: 16), Int32(0))
      var shape = [Int64](repeating: 0, count: 33)
      #expect(vaec_shape(latents, &type, &axes, &shape) == VAEC_OK)
      #expect(type.starts(with: [0x66, 0x34, 0]) && axes == 2 && shape[0] == 200)
      let back = try floats(try made { vaec_invert(latents, model, nil, $0) })
      #expect(back.count == Self.bumps.count)
      #expect(try floats(try made { vaec_sample(model, 7, nil, nil, $0) }).count == 7 * 16)
      #expect(try bytes(try made { vaec_score_rows(samples, model, 50, nil, $0) }).count == 200 * 8)
      let text = try bytes(try made { vaec_describe(model, nil, $0) })
      let json = try JSONSerialization.jsonObject(with: Data(text)) as? [String: Any]
      #expect(json?["sample_shape"] as? [Int] == [16])
    }
  }

  @Test("a table goes through Arrow and comes back as it was")
  func tables() throws {
    let csv = """
      # vaec columns: l? g? u? i/u? tsu:UTC tdD? b? d:10,2? e ttn
      "id","x","name","kind","time","day","flag","price","half","clock"
      1,2.5,"a""b","x",2026-11-30T18:30:00.250000,2026-11-30,true,1.05,0.5,23:59:59.000000001
      2,,"","y",1969-12-31T23:59:59.999999,,false,-0.07,-2.0,00:00:00.000000000
      ,nan,,"x",0001-01-01T00:00:00.000000,1600-02-29,,,inf,12:00:00.500000000

      """
    let content = Array(csv.utf8)
    let given = try made { vaec_content(content, UInt64(content.count), "t.csv", nil, $0) }
    var stream = ArrowArrayStream()
    #expect(vaec_export(given, &stream) == VAEC_OK)
    let table = try made { vaec_table(&stream, nil, $0) }
    #expect(stream.release == nil)
    #expect(String(decoding: try bytes(table), as: UTF8.self) == csv)
    let packed = try bytes(
      try withOptions(["lossless=1"]) { options in
        try made { vaec_encode(table, 0, options, nil, $0) }
      })
    let reading = try made { vaec_read_stream(packed, UInt64(packed.count), nil, $0) }
    #expect(try bytes(try made { vaec_decode(reading, 0, 0, -1, nil, $0) }) == content)
  }

  @Test("what is wrong is a status and a message, on the thread that asked")
  func errors() throws {
    var handle: vaec_handle = 0
    #expect(vaec_array(nil, "f4", 1, [4], nil, &handle) == VAEC_VALUE)
    #expect(vaec_array(nil, "f16", 1, [4], nil, &handle) == VAEC_TYPE)
    #expect(vaec_array(nil, "f4", 1, [-4], nil, &handle) == VAEC_VALUE)
    #expect(vaec_open_stream("/nowhere.vaec", nil, &handle) == VAEC_SYSTEM)
    #expect(vaec_errno() == ENOENT && String(cString: vaec_message()).contains("nowhere"))
    #expect(vaec_read_stream([1, 2, 3], 3, nil, &handle) == VAEC_DAMAGED)
    #expect(vaec_read_model([1, 2, 3], 3, nil, &handle) == VAEC_DAMAGED)
    #expect(vaec_free(1 << 62) == VAEC_HANDLE && vaec_free(0) == VAEC_OK)
    #expect(vaec_sample(1 << 62, 1, nil, nil, &handle) == VAEC_HANDLE)
    #expect(handle == 0)
    try withSamples { samples in
      for options in [["quality=x"], ["psnr=3", "bits=4"], ["size"], ["color=red"], ["max_error=a"]] {
        let status = withOptions(options) { vaec_pack(samples, $0, nil, &handle) }
        #expect(status == VAEC_VALUE, "\(options)")
      }
      #expect(vaec_encode(samples, 0, nil, nil, &handle) == VAEC_VALUE)
      #expect(vaec_encode(samples, samples, nil, nil, &handle) == VAEC_HANDLE)
      #expect(vaec_fit([samples], 0, nil, nil, &handle) == VAEC_VALUE)
      var stream = ArrowArrayStream()
      #expect(vaec_export(samples, &stream) == VAEC_HANDLE)
      #expect(vaec_table(&stream, nil, &handle) == VAEC_VALUE)
    }
    let other = Thread { _ = vaec_free(1 << 61) }
    other.start()
    #expect(!String(cString: vaec_message()).contains("\(1 << 61)"))
  }

  @Test("a callback stops the work")
  func cancelled() throws {
    try withSamples { samples in
      var run = vaec_run()
      run.progress = { _, _ in 1 }
      var handle: vaec_handle = 0
      let status = withOptions(["epochs=1000000"]) { vaec_fit([samples], 1, $0, &run, &handle) }
      #expect(status == VAEC_CANCELLED && handle == 0)
    }
  }

  @Test("arrays of any strides are read as C order")
  func strides() throws {
    try Self.bumps.withUnsafeBytes { memory in
      let start = memory.baseAddress.map { $0 + 4 * 15 }
      let reversed = try made { vaec_array(start, "f4", 2, [200, 16], [64, -4], $0) }
      let bytes = try withOptions(["lossless=1"]) { options in
        try self.bytes(try made { vaec_encode(reversed, 0, options, nil, $0) })
      }
      let stream = try made { vaec_read_stream(bytes, UInt64(bytes.count), nil, $0) }
      let back = try floats(try made { vaec_decode(stream, 0, 3, 4, nil, $0) })
      #expect(back == Array(Self.bumps[48..<64].reversed()))
    }
  }
}
