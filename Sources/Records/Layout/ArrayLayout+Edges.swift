// The places of samples that lie outside the array.

extension ArrayLayout {
  /// The samples with the nearest value of the array in each place outside it.
  ///
  /// - Parameter first: the number of the first sample.
  package func repeatingEdges(of samples: SampleBatch, from first: Int) -> SampleBatch {
    guard (0..<samples.rows).contains(where: { isPadded(sample: first + $0) }) else { return samples }
    let size = samples.elementType.size
    var bytes = samples.bytes
    for row in 0..<samples.rows where isPadded(sample: first + row) {
      let inside = inside(sample: first + row)
      for value in 0..<valuesPerSample {
        var (rest, near, stride) = (value, 0, 1)
        for axis in block.indices.reversed() {
          near += min(rest % block[axis], inside[axis] - 1) * stride
          rest /= block[axis]
          stride *= block[axis]
        }
        guard near != value else { continue }
        let (from, to) = ((row * valuesPerSample + near) * size, (row * valuesPerSample + value) * size)
        for byte in 0..<size { bytes[to + byte] = samples.bytes[from + byte] }
      }
    }
    return SampleBatch(
      elementType: samples.elementType, valuesPerSample: samples.valuesPerSample, bytes: bytes)
  }

  /// How many places of a sample's block are in the array, along each axis.
  private func inside(sample: Int) -> [Int] {
    let origin = origin(ofSample: sample % samplesPerBand)
    return block.indices.map { axis in
      axis == 0
        ? rows(ofBand: sample / samplesPerBand).count
        : min(block[axis], rowShape[axis - 1] - origin[axis])
    }
  }
}
