/// Something that reads bytes from anyone, and must neither stop nor break its promises whatever they are.
///
/// A fuzzer runs it on as many inputs as it can think of; the tests run it on seeds, on changed seeds, and on all inputs that
/// once broke something.
protocol FuzzTarget {
  /// The name on the command line, and of the folder of its findings.
  static var name: String { get }

  /// Reads `input`. Errors of the program are what is expected; what is thrown is a broken promise.
  static func run(_ input: [UInt8]) throws

  /// Inputs to begin with, made of the fixtures.
  static func seeds() throws -> [[UInt8]]
}

/// All targets, by their names.
enum FuzzTargets {
  static var all: [any FuzzTarget.Type] {
    [
      ArraysTarget.self, RecordsTarget.self, TextTarget.self, ContainerTarget.self, StreamTarget.self,
      ModelTarget.self,
      CarriedTarget.self, SymbolsTarget.self, CorrectionsTarget.self, CheckpointTarget.self,
    ]
  }

  static func named(_ name: String) -> (any FuzzTarget.Type)? { all.first { $0.name == name } }
}

/// A promise that an input has broken.
struct BrokenPromise: Error, CustomStringConvertible {
  var description: String

  init(_ description: String) { self.description = description }

  /// Throws where `holds` is false.
  static func unless(_ holds: Bool, _ description: @autoclosure () -> String) throws {
    if !holds { throw BrokenPromise(description()) }
  }
}

/// The bytes of an input, taken from its beginning as numbers; zeros after its end.
struct Choices {
  private(set) var rest: ArraySlice<UInt8>

  init(_ bytes: [UInt8]) { rest = bytes[...] }

  mutating func byte() -> UInt8 { rest.popFirst() ?? 0 }

  /// A number of `bytes` bytes, little-endian.
  mutating func number(bytes: Int) -> UInt64 {
    (0..<bytes).reduce(0) { sum, place in sum | UInt64(byte()) << UInt64(8 * place) }
  }

  mutating func number(below limit: Int, bytes: Int = 1) -> Int { Int(number(bytes: bytes) % UInt64(limit)) }

  mutating func take(_ count: Int) -> ArraySlice<UInt8> {
    defer { rest = rest.dropFirst(count) }
    return rest.prefix(count)
  }
}
