// A rule in bytes, for streams and models:
//
//   kind       1 byte: 1 windows, 2 tiles, 3 axes
//   windows    the length (LEB128); models have the step as well
//   tiles      the number of axes, and the length along each
//   axes       the number of axes, and each: twice its number, or twice that from the end (from 0), plus 1

import ByteIO

extension LayoutRule {
  private enum Kind: UInt8 {
    case window = 1
    case tile = 2
    case axes = 3
  }

  /// Appends the rule.
  ///
  /// - Parameter withStep: whether windows have their step.
  package func encode(into writer: inout ByteWriter, withStep: Bool = false) {
    switch self {
    case .window(let length, let step):
      writer.append(Kind.window.rawValue)
      writer.append(count: length)
      if withStep { writer.append(count: step) }
    case .tile(let lengths):
      writer.append(Kind.tile.rawValue)
      writer.append(count: lengths.count)
      for length in lengths { writer.append(count: length) }
    case .axes(let axes):
      writer.append(Kind.axes.rawValue)
      writer.append(count: axes.count)
      for axis in axes { writer.append(count: axis < 0 ? ~axis << 1 | 1 : axis << 1) }
    }
  }

  /// Parses what ``encode(into:withStep:)`` wrote; nil for an unknown kind or lengths that are not positive.
  package init?(from reader: inout ByteReader, withStep: Bool = false) throws(ByteReader.Failure) {
    switch Kind(rawValue: try reader.integer()) {
    case .window:
      let length = try reader.count()
      let step = withStep ? try reader.count() : length
      guard length > 0, (1...length).contains(step) else { return nil }
      self = .window(length: length, step: step)
    case .tile:
      let count = try reader.count()
      guard (1...Self.maximumTileAxes).contains(count) else { return nil }
      var lengths: [Int] = []
      for _ in 0..<count { lengths.append(try reader.count()) }
      guard lengths.allSatisfy({ $0 > 0 }) else { return nil }
      self = .tile(lengths)
    case .axes:
      let count = try reader.count()
      guard (1...SampleDescription.maximumAxes + 1).contains(count) else { return nil }
      var axes: [Int] = []
      for _ in 0..<count {
        let axis = try reader.count()
        axes.append(axis & 1 == 1 ? ~(axis >> 1) : axis >> 1)
      }
      self = .axes(axes)
    case nil: return nil
    }
  }
}
