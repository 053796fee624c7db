import Records
import VAECodec

/// The result of packing one file.
struct Packing: FileResult {
  private let report: PackReport
  private let input: InputFile
  private let transfer: Transfer

  init(
    _ report: PackReport, from input: InputFile, to target: OutputTarget, _ comparison: ContentComparison?
  ) {
    self.report = report
    self.input = input
    var encode = report.encode
    encode.seconds = report.seconds
    transfer = Transfer(encode, from: input, to: target, comparison)
  }

  var sizes: FileSizes? { transfer.sizes }

  func tell(_ console: Console) {
    transfer.tell(console)
    if report.carriesModel {
      let other = report.bytesWithoutModel.map { "; without a model: \($0) bytes" } ?? ""
      let layout = report.layout.map { ", for \($0.name)" } ?? ""
      console.note("\(input.name): the model takes \(report.encode.modelBytes) bytes\(layout)\(other)")
    } else if let bytes = report.bytesWithModel {
      console.note("\(input.name): coded without a model; with one: \(bytes) bytes")
    } else {
      console.note("\(input.name): coded without a model")
    }
  }

  var json: JSON {
    guard case .object(let members) = transfer.json else { return transfer.json }
    return .object(
      members + [
        ("layout", report.layout.map { .string($0.name) } ?? .null),
        ("carries_model", .bool(report.carriesModel)),
        ("bytes_with_model", report.bytesWithModel.map { .integer($0) } ?? .null),
        ("bytes_without_model", report.bytesWithoutModel.map { .integer($0) } ?? .null),
      ])
  }
}
