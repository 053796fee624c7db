// The way between rows of an array and the blocks of its samples. Trailing axes that are whole in a block make a *unit*:
// values that stay together. Axes before it are walked one place at a time.

extension ArrayLayout {
  /// The number of leading axes that are walked: up to the last that a block does not cover, at least the first.
  private var walkedAxes: Int {
    var count = block.count
    while count > 1, block[count - 1] == shape[count - 1] { count -= 1 }
    return count
  }

  /// The first place along each axis of a sample of a band; that along the first axis is 0.
  package func origin(ofSample place: Int) -> [Int] {
    var origin = [Int](repeating: 0, count: block.count)
    var rest = place
    for axis in block.indices.dropFirst().reversed() {
      let cells = (rowShape[axis - 1] - 1) / block[axis] + 1
      origin[axis] = rest % cells * block[axis]
      rest /= cells
    }
    return origin
  }

  /// Copies a sample of a band; places outside the array repeat the nearest value inside.
  ///
  /// - Parameters:
  ///   - place: the number of the sample in the band.
  ///   - band: the rows of the band that exist, at least one.
  ///   - size: the number of bytes of a value.
  ///   - sample: receives the values.
  func gather(
    _ place: Int, of band: UnsafeRawBufferPointer, size: Int, into sample: UnsafeMutableRawBufferPointer
  ) {
    let last = walkedAxes - 1
    let unit = block[(last + 1)...].reduce(size, *)
    let bandRows = band.count / (valuesPerRow * size)
    let lengths = [bandRows] + rowShape
    let origin = origin(ofSample: place)
    // Bytes from one place to the next along each walked axis of the array.
    var strides = [Int](repeating: unit, count: last + 1)
    for axis in (0..<last).reversed() { strides[axis] = strides[axis + 1] * lengths[axis + 1] }
    let inside = min(block[last], lengths[last] - origin[last])
    let run = block[last] * unit
    var places = [Int](repeating: 0, count: last)
    var written = 0
    while written < sample.count {
      var from = origin[last] * unit
      for axis in 0..<last {
        from += min(origin[axis] + places[axis], lengths[axis] - 1) * strides[axis]
      }
      let target = UnsafeMutableRawBufferPointer(rebasing: sample[written..<written + run])
      target.copyMemory(from: UnsafeRawBufferPointer(rebasing: band[from..<from + inside * unit]))
      for copy in inside..<max(inside, block[last]) {
        UnsafeMutableRawBufferPointer(rebasing: target[copy * unit..<(copy + 1) * unit]).copyMemory(
          from: UnsafeRawBufferPointer(rebasing: band[from + (inside - 1) * unit..<from + inside * unit]))
      }
      written += run
      var axis = last - 1
      while axis >= 0 {
        places[axis] += 1
        if places[axis] < block[axis] { break }
        places[axis] = 0
        axis -= 1
      }
    }
  }

  /// Calls `body` for each run of a sample's values that lies in a box of the array.
  ///
  /// - Parameters:
  ///   - place: the number of the sample in its band.
  ///   - band: the number of the band.
  ///   - box: a range of places along each axis of the array.
  ///   - body: receives the first value of the run in the sample, its first value in the box, and the number of values.
  package func forEachRun(
    ofSample place: Int, band: Int, in box: [Range<Int>],
    _ body: (_ own: Int, _ boxed: Int, _ count: Int) -> Void
  ) {
    var origin = origin(ofSample: place)
    origin[0] = band * step
    let ranges = block.indices.map { axis in
      (origin[axis]..<origin[axis] + block[axis]).clamped(to: box[axis])
    }
    guard ranges.allSatisfy({ !$0.isEmpty }) else { return }
    let last = block.count - 1
    var (own, boxed) = ([Int](repeating: 1, count: last + 1), [Int](repeating: 1, count: last + 1))
    for axis in (0..<last).reversed() {
      own[axis] = own[axis + 1] * block[axis + 1]
      boxed[axis] = boxed[axis + 1] * box[axis + 1].count
    }
    // Trailing axes that both the block and the box have whole are one run.
    var walked = last
    while walked > 0, ranges[walked].count == block[walked], ranges[walked].count == box[walked].count {
      walked -= 1
    }
    let count = ranges[walked].count * own[walked]
    var places = ranges.map(\.lowerBound)
    while true {
      var (from, to) = (0, 0)
      for axis in 0...last {
        from += (places[axis] - origin[axis]) * own[axis]
        to += (places[axis] - box[axis].lowerBound) * boxed[axis]
      }
      body(from, to, count)
      var axis = walked - 1
      while axis >= 0 {
        places[axis] += 1
        if places[axis] < ranges[axis].upperBound { break }
        places[axis] = ranges[axis].lowerBound
        axis -= 1
      }
      if axis < 0 { return }
    }
  }

  /// Whether a sample has places outside the array.
  package func isPadded(sample: Int) -> Bool {
    let origin = origin(ofSample: sample % samplesPerBand)
    return rows(ofBand: sample / samplesPerBand).count < block[0]
      || block.indices.dropFirst().contains { origin[$0] + block[$0] > rowShape[$0 - 1] }
  }
}
