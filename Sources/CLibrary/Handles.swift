import Synchronization
import VAECodec

/// What a handle stands for.
enum Held: Sendable {
  case samples(Origin)
  case decoded(DecodedSamples)
  case model(HeldModel)
  case stream(OpenStream)
  case bytes(HeldBytes)
}

/// A model, and the memory of its file, whose address programs get.
final class HeldModel: Sendable {
  let model: FittedModel
  let bytes: HeldBytes

  init(_ model: FittedModel) { (self.model, bytes) = (model, HeldBytes(model.bytes)) }
}

/// Bytes at an address that does not change.
///
/// Unchecked: the memory is written before anything else sees it, and freed when nothing does.
final class HeldBytes: @unchecked Sendable {
  let base: UnsafeRawPointer
  let count: Int
  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: count) }

  init(_ bytes: UnsafeRawBufferPointer) {
    let memory = UnsafeMutableRawPointer.allocate(byteCount: max(1, bytes.count), alignment: 64)
    if let source = bytes.baseAddress { memory.copyMemory(from: source, byteCount: bytes.count) }
    (base, count) = (UnsafeRawPointer(memory), bytes.count)
  }

  init(_ bytes: [UInt8]) {
    let memory = UnsafeMutableRawPointer.allocate(byteCount: max(1, bytes.count), alignment: 64)
    bytes.withUnsafeBytes { source in
      if let source = source.baseAddress { memory.copyMemory(from: source, byteCount: bytes.count) }
    }
    (base, count) = (UnsafeRawPointer(memory), bytes.count)
  }

  deinit { base.deallocate() }
}

/// All handles. They are numbers that are never used again, so that a freed one is known to be that.
enum Handles {
  private struct State {
    var last: UInt64 = 0
    var held: [UInt64: Held] = [:]
  }

  private static let state = Mutex(State())

  static var count: Int { state.withLock { $0.held.count } }

  static func add(_ held: Held) -> UInt64 {
    state.withLock { state in
      state.last += 1
      state.held[state.last] = held
      return state.last
    }
  }

  /// What a handle stands for. It lives while the caller uses it, whoever frees the handle.
  static func held(_ handle: UInt64) throws(LibraryError) -> Held {
    guard let held = state.withLock({ $0.held[handle] }) else { throw .noHandle(handle) }
    return held
  }

  static func free(_ handle: UInt64) throws(LibraryError) {
    guard handle != 0 else { return }
    // What it stood for is released outside of the lock.
    guard state.withLock({ $0.held.removeValue(forKey: handle) }) != nil else { throw .noHandle(handle) }
  }

  static func samples(_ handle: UInt64) throws(LibraryError) -> Origin {
    switch try held(handle) {
    case .samples(let origin): return origin
    case .decoded(let samples): return samples.origin
    default: throw .otherKind(handle, wanted: "samples")
    }
  }

  static func model(_ handle: UInt64) throws(LibraryError) -> FittedModel {
    guard case .model(let held) = try held(handle) else { throw .otherKind(handle, wanted: "a model") }
    return held.model
  }

  /// The model; nil for 0.
  static func optionalModel(_ handle: UInt64) throws(LibraryError) -> FittedModel? {
    handle == 0 ? nil : try model(handle)
  }

  static func stream(_ handle: UInt64) throws(LibraryError) -> OpenStream {
    guard case .stream(let stream) = try held(handle) else { throw .otherKind(handle, wanted: "a stream") }
    return stream
  }
}
