import ByteIO
import CVaec
import VAECodec

/// What is wrong with the arguments of a call.
enum LibraryError: Error, Equatable {
  case noHandle(UInt64)
  case otherKind(UInt64, wanted: String)
  case missing(String)
  case badOption(String, reason: String)
  case badShape(String)
  case badType(String)
  case arrow(reason: String)
  case arrowType(column: String, format: String)
  case notAnArray
  case notATable
  case cancelled
  case needsBound
}

extension LibraryError: CustomStringConvertible {
  var description: String {
    switch self {
    case .noHandle(let handle): "handle \(handle) does not exist or was freed"
    case .otherKind(let handle, let wanted): "handle \(handle) is not \(wanted)"
    case .missing(let name): "\(name) is NULL"
    case .badOption(let name, let reason): "\(name): \(reason)"
    case .badShape(let reason): reason
    case .badType(let type):
      "type \(type) is not supported; convert the array to one of u1 u2 u4 u8 i1 i2 i4 i8 f2 f4 f8 b1 c8 c16 M8 m8"
    case .arrow(let reason): "the Arrow stream \(reason)"
    case .arrowType(let column, let format):
      "column \(column) has the Arrow type \"\(format)\", which is not supported; cast it to numbers or text"
    case .notAnArray: "these samples are a table or a file, not an array"
    case .notATable: "these samples are an array, not a table"
    case .cancelled: "cancelled"
    case .needsBound: "without a model, give lossless, max_error, psnr, bits or size"
    }
  }
}

/// The kind of a failure, its text and its errno, for the caller.
struct Failure {
  let status: vaec_status
  let text: String
  var number: Int32 = 0

  init(_ error: any Error) {
    text = "\(error)"
    switch error {
    case let error as LibraryError:
      status =
        switch error {
        case .noHandle, .otherKind: vaec_status(VAEC_HANDLE)
        case .badType, .arrowType: vaec_status(VAEC_TYPE)
        case .cancelled: vaec_status(VAEC_CANCELLED)
        default: vaec_status(VAEC_VALUE)
        }
    case let error as CodecError: (status, number) = Self.status(error)
    case let error as SampleIOError: (status, number) = Self.status(.samples(error))
    case let error as ByteIOError: (status, number) = Self.status(.bytes(error, name: ""))
    default: status = vaec_status(VAEC_VALUE)
    }
  }

  private static func status(_ error: CodecError) -> (vaec_status, Int32) {
    if error.asksForMore { return (vaec_status(VAEC_MEMORY), 0) }
    switch error {
    case .bytes(let error, _), .samples(.bytes(let error, _)), .stream(.bytes(let error), _):
      switch error {
      case .system(_, _, let number): return (vaec_status(VAEC_SYSTEM), number)
      case .exists: return (vaec_status(VAEC_SYSTEM), 17)
      case .brokenPipe: return (vaec_status(VAEC_SYSTEM), 32)
      case .cancelled: return (vaec_status(VAEC_CANCELLED), 0)
      default: return (vaec_status(VAEC_DAMAGED), 0)
      }
    case .samples(.unsupportedType), .samples(.notNumbers): return (vaec_status(VAEC_TYPE), 0)
    case .stream, .chunk, .notAModel, .unknownModelVersion, .damagedModel, .notReadBack, .notWhole,
      .nothingLeft, .badHeader, .samples(.truncated), .samples(.truncatedRow), .samples(.trailingBytes):
      return (vaec_status(VAEC_DAMAGED), 0)
    default: return (vaec_status(VAEC_VALUE), 0)
    }
  }
}
