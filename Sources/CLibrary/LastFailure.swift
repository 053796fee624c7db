import CVaec

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The last failure of each thread.
enum LastFailure {
  private struct Record {
    var text: UnsafeMutablePointer<CChar>?
    var number: Int32
  }

  private static let key: pthread_key_t = {
    var key = pthread_key_t()
    // A thread that ends frees its record.
    pthread_key_create(&key) { pointer in
      #if canImport(Darwin)
        LastFailure.free(pointer)
      #else
        if let pointer { LastFailure.free(pointer) }
      #endif
    }
    return key
  }()

  private static func free(_ pointer: UnsafeMutableRawPointer) {
    let record = pointer.assumingMemoryBound(to: Record.self)
    #if canImport(Darwin)
      Darwin.free(record.pointee.text)
    #elseif canImport(Glibc)
      Glibc.free(record.pointee.text)
    #else
      Musl.free(record.pointee.text)
    #endif
    record.deallocate()
  }

  private static var record: UnsafeMutablePointer<Record>? {
    pthread_getspecific(key)?.assumingMemoryBound(to: Record.self)
  }

  static func set(_ failure: Failure) {
    if let old = pthread_getspecific(key) {
      pthread_setspecific(key, nil)
      free(old)
    }
    let record = UnsafeMutablePointer<Record>.allocate(capacity: 1)
    record.initialize(to: Record(text: strdup(failure.text), number: failure.number))
    pthread_setspecific(key, record)
  }

  static var text: UnsafePointer<CChar>? { record?.pointee.text.map { UnsafePointer($0) } }
  static var number: Int32 { record?.pointee.number ?? 0 }
}

/// Runs `body`, and turns what it throws into a status.
func reporting(_ body: () throws -> Void) -> vaec_status {
  do {
    try body()
    return vaec_status(VAEC_OK)
  } catch {
    let failure = Failure(error)
    LastFailure.set(failure)
    return failure.status
  }
}
