import CKernels
import Tensor
import VAEModel

/// The gradients for one batch: with respect to the activations (here), and to the parameters (one panel of outputs at
/// a time).
///
/// loss = mean over rows of (bits + lambda * |output - input|^2).
struct Gradients: Sendable {
  let pass: NetworkActivations
  /// lambda of each row.
  let lambda: FloatBuffer
  /// The key of the uniform noise that replaces rounding of the latents.
  let noiseKey: FloatBuffer
  /// The prior's parameters for each row, and the bits of each latent.
  let prior: Matrix
  let bits: Matrix

  let priorGradient: Matrix
  let outputGradient: Matrix
  let decoderGradient: [Matrix]
  let spreadGradient: Matrix
  let normalizedGradient: Matrix
  /// The gradients of the log gains.
  let decoderGain: Matrix
  let encoderGain: Matrix
  let latentGradient: Matrix
  let projectedGradient: Matrix
  let encoderGradient: [Matrix]

  /// The transposes of weights that carry gradients to the layer below, by the entry's offset.
  let transposes: [Int: Weights]

  private var kernels: Kernels { pass.kernels }
  private var architecture: Architecture { pass.architecture }

  /// The bounds of the output. Where it is clipped, its error is that of the bound.
  let low: FloatBuffer
  let high: FloatBuffer

  /// 1 for known values, 0 for those that do not count for the loss; nil if all are known.
  let known: Matrix?

  /// - Parameters:
  ///   - bounds: the smallest and the largest of each standardized value; nil for none.
  ///   - hasMissing: whether some values are missing.
  init(
    _ pass: NetworkActivations, bounds: (low: FloatBuffer, high: FloatBuffer)? = nil, hasMissing: Bool = false
  ) {
    let a = pass.architecture
    let rows = pass.input.rows
    self.pass = pass
    known = hasMissing ? Matrix(rows: rows, columns: a.values) : nil
    low = FloatBuffer(count: pass.output.stride)
    high = FloatBuffer(count: pass.output.stride)
    for i in 0..<a.values {
      low.pointer[i] = bounds?.low.pointer[i] ?? -.infinity
      high.pointer[i] = bounds?.high.pointer[i] ?? .infinity
    }
    lambda = FloatBuffer(count: rows)
    noiseKey = FloatBuffer(count: rows)
    prior = Matrix(rows: rows, columns: a.prior.shape.outputs)
    bits = Matrix(rows: rows, columns: a.latents)
    priorGradient = Matrix(rows: rows, columns: a.prior.shape.outputs)
    outputGradient = Matrix(rows: rows, columns: a.values)
    decoderGradient = a.decoder.hidden.map { Matrix(rows: rows, columns: $0.weight.shape.outputs) }
    spreadGradient = Matrix(rows: rows, columns: a.latents)
    normalizedGradient = Matrix(rows: rows, columns: a.latents)
    decoderGain = Matrix(rows: rows, columns: a.latents)
    encoderGain = Matrix(rows: rows, columns: a.latents)
    latentGradient = Matrix(rows: rows, columns: a.latents)
    projectedGradient = Matrix(rows: rows, columns: a.latents)
    encoderGradient = a.encoder.hidden.map { Matrix(rows: rows, columns: $0.weight.shape.outputs) }
    var transposes: [Int: Weights] = [:]
    let needed =
      [a.decoder.linear.weight, a.decoder.last, a.encoder.last] + a.decoder.hidden.map(\.weight)
      + a.encoder.hidden.dropFirst().map(\.weight)
    for entry in needed {
      transposes[entry.offset] = Weights(
        WeightShape(inputs: entry.shape.outputs, outputs: entry.shape.inputs))
    }
    self.transposes = transposes
  }

  /// Updates the transpose of one panel of a weight.
  func transpose(_ entry: Architecture.Entry, panel: Int) {
    guard let transpose = transposes[entry.offset] else { return }
    kernels.table.pointee.transpose(
      pass.parameters.pointer(entry), entry.shape.inputs, entry.shape.outputs, panel, panel + 1,
      transpose.buffer.pointer)
  }

  /// Sets the noise for row `r`, which is a pure function of `key`.
  func setNoise(row r: Int, key: UInt32) { noiseKey.pointer[r] = Float(bitPattern: key) }

  /// Runs forward and backward through the whole model for `rows`, and leaves the factors of the parameters' gradients.
  ///
  /// - Parameter rounded: whether latents are rounded, as in coding; then no gradient reaches the encoder.
  func run(_ rows: Range<Int>, rounded: Bool = false) {
    let table = kernels.table.pointee
    pass.forwardScales(rows)
    pass.forwardEncoder(rows)
    for r in rows {
      if rounded {
        table.round(pass.latents.row(r), pass.symbols.row(r), architecture.latents)
        continue
      }
      // symbols = latents + noise
      let row = pass.symbols.row(r)
      table.noise(noiseKey.pointer[r].bitPattern, row, architecture.latents)
      table.add_scaled(row, 1, pass.latents.row(r), row, architecture.latents)
    }
    rate(rows)
    pass.forwardDecoder(rows)
    squaredError(rows)
    backwardDecoder(rows)
    backwardLatents(rows)
    if !rounded { backwardEncoder(rows) }
  }

  /// The bits of each latent, and the gradients of bits / batch with respect to symbols and prior.
  func rate(_ rows: Range<Int>) {
    let entry = architecture.prior
    kernels.product(rows, pass.hats, pass.parameters.pointer(entry), entry.shape, into: prior)
    let stride = architecture.latentStride
    let part = VAEC_MIXTURE * stride
    let weight = 1 / Float(pass.input.rows)
    for r in rows {
      let p = prior.row(r)
      let d = priorGradient.row(r)
      var row = vaec_mixture_row(
        count: stride, stride: stride, mean: p, log_scale: p + part, logit: p + 2 * part)
      let dz = latentGradient.row(r)
      kernels.table.pointee.mixture_gradient(
        &row, pass.symbols.row(r), weight, bits.row(r), dz, d, d + part, d + 2 * part)
      for k in architecture.latents..<stride { dz[k] = 0 }
    }
  }

  /// dx = dy W^T, plus the contribution of a second gradient, times the slope of the activation at `before`, if there
  /// is one.
  private func backward(
    _ entry: Architecture.Entry, _ rows: Range<Int>, _ dy: Matrix,
    and second: (gradient: Matrix, transpose: Weights)? = nil, into dx: Matrix, slopeAt before: Matrix? = nil
  ) {
    guard let transpose = transposes[entry.offset] else {
      preconditionFailure("this weight has no transpose")
    }
    kernels.product(
      rows, Kernels.Term(dy, transpose.buffer.pointer, transpose.shape),
      second.map { Kernels.Term($0.gradient, $0.transpose.buffer.pointer, $0.transpose.shape) }, into: dx,
      architecture.activation, slopeAt: before)
  }

  /// The gradient of the squared error with respect to the output.
  private func squaredError(_ rows: Range<Int>) {
    let table = kernels.table.pointee
    for r in rows {
      // d output = 2 lambda / batch * (output within bounds - input)
      let factor = 2 * lambda.pointer[r] / Float(pass.input.rows)
      let d = outputGradient.row(r)
      let output = pass.output.row(r)
      let input = pass.input.row(r)
      table.output_gradient(output, input, low.pointer, high.pointer, factor, d, outputGradient.stride)
      if let known { table.multiply(d, known.row(r), d, outputGradient.stride) }
    }
  }

  /// Carries the gradient from the output to the decoder's input.
  func backwardDecoder(_ rows: Range<Int>) {
    let table = kernels.table.pointee
    let path = architecture.decoder
    var above = outputGradient
    var entry = path.last
    for i in path.hidden.indices.reversed() {
      backward(entry, rows, above, into: decoderGradient[i], slopeAt: pass.decoderBefore[i])
      above = decoderGradient[i]
      entry = path.hidden[i].weight
    }
    backward(entry, rows, above, into: normalizedGradient)
    backward(path.linear.weight, rows, outputGradient, into: spreadGradient)
    for r in rows {
      let spread = spreadGradient.row(r)
      let normalized = normalizedGradient.row(r)
      table.multiply(normalized, pass.inverseDeviation.pointer, normalized, spreadGradient.stride)
      table.add_scaled(spread, 1, normalized, spread, spreadGradient.stride)
    }
  }

  /// Carries the gradient through spread = symbols * scale and latents = projected * scale.
  private func backwardLatents(_ rows: Range<Int>) {
    let first = rows.lowerBound
    let count = rows.count * latentGradient.stride
    let dSpread = spreadGradient.row(first)
    let dLatent = latentGradient.row(first)
    let spread = pass.spread.row(first)
    let decoderScale = pass.decoderScale.row(first)
    let encoderScale = pass.encoderScale.row(first)
    let latent = pass.latents.row(first)
    let dDecoderGain = decoderGain.row(first)
    let dEncoderGain = encoderGain.row(first)
    let dProjected = projectedGradient.row(first)
    for i in 0..<count {
      dDecoderGain[i] = dSpread[i] * spread[i]
      let d = dLatent[i] + dSpread[i] * decoderScale[i]
      dLatent[i] = d
      dEncoderGain[i] = d * latent[i]
      dProjected[i] = d * encoderScale[i]
    }
  }

  /// Carries the gradient from the encoder's output to its hidden layers.
  ///
  /// - Parameter second: another gradient into the last hidden layer, with the transpose of the weights that carry it
  ///   there.
  func backwardEncoder(_ rows: Range<Int>, and second: (gradient: Matrix, transpose: Weights)? = nil) {
    let path = architecture.encoder
    var above = projectedGradient
    var entry = path.last
    for i in path.hidden.indices.reversed() {
      let isLast = i == path.hidden.indices.last
      backward(
        entry, rows, above, and: isLast ? second : nil, into: encoderGradient[i],
        slopeAt: pass.encoderBefore[i])
      above = encoderGradient[i]
      entry = path.hidden[i].weight
    }
  }

  /// An entry of the parameters, with the two matrices whose product is its gradient.
  struct Source: Sendable {
    let entry: Architecture.Entry
    let input: Matrix
    let output: Matrix
  }

  /// The factors of each entry's gradient: gradient = input^T output.
  var sources: [Source] {
    func sources(
      _ path: Architecture.Path, linear: Matrix, hidden: Matrix, after: [Matrix], gradients: [Matrix],
      output: Matrix,
      gain: Matrix
    ) -> [Source] {
      var result = [
        Source(entry: path.linear.weight, input: linear, output: output),
        Source(entry: path.linear.bias, input: pass.hats, output: output),
        Source(entry: path.gain, input: pass.hats, output: gain),
      ]
      var from = hidden
      for (i, layer) in path.hidden.enumerated() {
        result.append(Source(entry: layer.weight, input: from, output: gradients[i]))
        result.append(Source(entry: layer.bias, input: pass.hats, output: gradients[i]))
        from = after[i]
      }
      result.append(Source(entry: path.last, input: from, output: output))
      return result
    }
    return sources(
      architecture.encoder, linear: pass.input, hidden: pass.input, after: pass.encoderAfter,
      gradients: encoderGradient, output: projectedGradient, gain: encoderGain)
      + sources(
        architecture.decoder, linear: pass.spread, hidden: pass.normalized, after: pass.decoderAfter,
        gradients: decoderGradient, output: outputGradient, gain: decoderGain)
      + [Source(entry: architecture.prior, input: pass.hats, output: priorGradient)]
  }

  /// The gradient of one panel of an entry, as a product without a destination.
  func parameterGradient(_ source: Source, panel: Int) -> vaec_product {
    kernels.gradient(
      0..<pass.input.rows, source.input, source.output, panel: panel, inputs: source.entry.shape.inputs)
  }
}
