// Whole bands of samples as rows of the array, and back: the order in which values lie on the array's own grid.

extension ArrayLayout {
  /// Whether consecutive samples are whole bands, so that they are rows of the array.
  ///
  /// - Parameters:
  ///   - first: the number of the first sample.
  ///   - count: the number of samples, those of the last band included if it is the array's last.
  package func areBands(from first: Int, count: Int) -> Bool {
    first % samplesPerBand == 0 && count % samplesPerBand == 0 && step == block[0]
  }

  /// The rows of the array that whole bands of samples make.
  ///
  /// - Parameters:
  ///   - samples: as ``areBands(from:count:)`` wants them, of an array of known length.
  ///   - first: the number of the first.
  package func rows(of samples: SampleBatch, from first: Int) -> SampleBatch {
    let size = samples.elementType.size
    let bands = first / samplesPerBand..<(first + samples.rows) / samplesPerBand
    let box = [rows(ofBands: bands)] + rowShape.map { 0..<$0 }
    var bytes = [UInt8](repeating: 0, count: box[0].count * valuesPerRow * size)
    samples.bytes.withUnsafeBytes { samples in
      bytes.withUnsafeMutableBytes { bytes in
        for band in bands {
          for place in 0..<samplesPerBand {
            let start = ((band - bands.lowerBound) * samplesPerBand + place) * valuesPerSample
            forEachRun(ofSample: place, band: band, in: box) { own, boxed, count in
              UnsafeMutableRawBufferPointer(rebasing: bytes[boxed * size..<(boxed + count) * size])
                .copyMemory(
                  from: UnsafeRawBufferPointer(
                    rebasing: samples[(start + own) * size..<(start + own + count) * size]))
            }
          }
        }
      }
    }
    return SampleBatch(elementType: samples.elementType, valuesPerSample: valuesPerRow, bytes: bytes)
  }

  /// The samples that rows of the array make; places outside the array repeat the nearest value.
  ///
  /// - Parameter rows: those of whole bands, of which the array's last may have fewer.
  package func samples(of rows: SampleBatch) -> SampleBatch {
    let size = rows.elementType.size
    let bandBytes = block[0] * valuesPerRow * size
    let bands = rows.bytes.isEmpty ? 0 : (rows.bytes.count - 1) / bandBytes + 1
    let sampleBytes = valuesPerSample * size
    var bytes = [UInt8](repeating: 0, count: bands * samplesPerBand * sampleBytes)
    rows.bytes.withUnsafeBytes { rows in
      bytes.withUnsafeMutableBytes { bytes in
        for sample in 0..<bands * samplesPerBand {
          let (band, place) = sample.quotientAndRemainder(dividingBy: samplesPerBand)
          let end = min(rows.count, (band + 1) * bandBytes)
          gather(
            place, of: UnsafeRawBufferPointer(rebasing: rows[band * bandBytes..<end]), size: size,
            into: UnsafeMutableRawBufferPointer(
              rebasing: bytes[sample * sampleBytes..<(sample + 1) * sampleBytes]))
        }
      }
    }
    return SampleBatch(elementType: rows.elementType, valuesPerSample: valuesPerSample, bytes: bytes)
  }

  /// The rows of the array in consecutive bands.
  private func rows(ofBands bands: Range<Int>) -> Range<Int> {
    guard let last = bands.last else { return 0..<0 }
    return rows(ofBand: bands.lowerBound).lowerBound..<rows(ofBand: last).upperBound
  }

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
