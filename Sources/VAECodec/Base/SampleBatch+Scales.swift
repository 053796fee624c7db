import Records
import VAEModel

// Conversion between the data's values and a model's numbers, by offsets and scales in binary64.

extension SampleBatch {
  /// The values in the units of a model; NaN where a value is missing.
  func numbers(in scales: ValueScales) -> [Float] {
    [Float](unsafeUninitializedCapacity: valueCount) { output, count in
      copyNumbers(in: scales, into: output)
      count = valueCount
    }
  }

  /// Writes the values in the units of a model into `output`, which has room for ``valueCount`` of them.
  func copyNumbers(in scales: ValueScales, into output: UnsafeMutableBufferPointer<Float>) {
    guard !scales.isIdentity else { return copyFloats(into: output) }
    precondition(output.count >= valueCount)
    if elementType.isWide {
      let (values, wide) = (ordinals(), scales.wide(elementType))
      for (index, value) in values.enumerated() {
        output[index] = wide[wide.count == 1 ? 0 : index % valuesPerSample].number(value)
      }
      return
    }
    let values = doubles()
    for first in stride(from: 0, to: valueCount, by: valuesPerSample) {
      for place in 0..<valuesPerSample { output[first + place] = scales[place].number(values[first + place]) }
    }
  }

  /// Creates samples of `elementType` from a model's numbers. They are rounded where values are integers, and clamped
  /// to the type's range.
  ///
  /// The count of `numbers` must be a multiple of `valuesPerSample`.
  init(numbers: [Float], in scales: ValueScales, elementType: ElementType, valuesPerSample: Int) {
    guard !scales.isIdentity else {
      self.init(floats: numbers, elementType: elementType, valuesPerSample: valuesPerSample)
      return
    }
    if elementType.isWide {
      let wide = scales.wide(elementType)
      let ordinals = numbers.enumerated().map { index, number in
        wide[wide.count == 1 ? 0 : index % valuesPerSample].ordinal(number)
      }
      self.init(ordinals: ordinals, elementType: elementType, valuesPerSample: valuesPerSample)
      return
    }
    var values: [Double] = []
    values.reserveCapacity(numbers.count)
    for first in stride(from: 0, to: numbers.count, by: valuesPerSample) {
      for place in 0..<valuesPerSample { values.append(scales[place].value(numbers[first + place])) }
    }
    self.init(doubles: values, elementType: elementType, valuesPerSample: valuesPerSample)
  }

  /// The values less an offset, in binary32.
  func floats(less offset: Double) -> [Float] {
    offset == 0 ? floats() : doubles().map { Float($0 - offset) }
  }
}
