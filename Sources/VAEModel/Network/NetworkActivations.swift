import CKernels
import Tensor

/// The activations of one batch in a VAE, and the arithmetic between them.
///
/// The `forward` functions are here; their `backward` counterparts are in the Training module. Each function works on a
/// range of rows and touches no other, so that workers can share a batch. Shapes are batch x (as named).
package struct NetworkActivations: Sendable {
  package let kernels: Kernels
  package let parameters: Parameters

  /// The conditioning of the rows on VAE quality: a row of hats, and the step of the latents.
  package let hats: Matrix
  let step: FloatBuffer

  /// Standardized samples.
  package let input: Matrix
  /// The encoder's hidden layers, before and after the activation function.
  package let encoderBefore: [Matrix]
  package let encoderAfter: [Matrix]
  /// The encoder's output, in units of standardized samples.
  let projected: Matrix
  /// exp(log gain) / step, exp(log gain) * step.
  package let encoderScale: Matrix
  package let decoderScale: Matrix
  /// The log gains that determine the scales.
  private let gains: [(entry: Architecture.Entry, scale: Matrix)]
  /// The latents in units of the step, before noise or rounding; and after.
  package let latents: Matrix
  package let symbols: Matrix
  /// The decoder's input in units of standardized samples; and divided by each latent's standard deviation.
  package let spread: Matrix
  package let normalized: Matrix
  package let inverseDeviation: FloatBuffer
  /// The decoder's hidden layers, before and after the activation function.
  package let decoderBefore: [Matrix]
  package let decoderAfter: [Matrix]
  /// The reconstruction.
  package let output: Matrix
  package let logistic: LogisticOutput?

  package var architecture: Architecture { parameters.architecture }

  /// - Parameters:
  ///   - inverseDeviation: 1 / standard deviation of each latent at the start of training.
  ///   - logistic: the logistic function after the decoder's sums; nil if these are the reconstruction.
  package init(
    rows: Int, _ parameters: Parameters, inverseDeviation: [Float], logistic: LogisticOutput? = nil,
    kernels: Kernels
  ) {
    let a = parameters.architecture
    self.kernels = kernels
    self.parameters = parameters
    self.logistic = logistic
    hats = Matrix(rows: rows, columns: a.anchors)
    step = FloatBuffer(count: rows)
    input = Matrix(rows: rows, columns: a.values)
    encoderBefore = a.encoder.hidden.map { Matrix(rows: rows, columns: $0.weight.shape.outputs) }
    encoderAfter = a.encoder.hidden.map { Matrix(rows: rows, columns: $0.weight.shape.outputs) }
    projected = Matrix(rows: rows, columns: a.latents)
    encoderScale = Matrix(rows: rows, columns: a.latents)
    decoderScale = Matrix(rows: rows, columns: a.latents)
    gains = [(a.encoder.gain, encoderScale), (a.decoder.gain, decoderScale)]
    latents = Matrix(rows: rows, columns: a.latents)
    symbols = Matrix(rows: rows, columns: a.latents)
    spread = Matrix(rows: rows, columns: a.latents)
    normalized = Matrix(rows: rows, columns: a.latents)
    self.inverseDeviation = FloatBuffer(count: a.latentStride)
    for (i, value) in inverseDeviation.enumerated() { self.inverseDeviation.pointer[i] = value }
    decoderBefore = a.decoder.hidden.map { Matrix(rows: rows, columns: $0.weight.shape.outputs) }
    decoderAfter = a.decoder.hidden.map { Matrix(rows: rows, columns: $0.weight.shape.outputs) }
    output = Matrix(rows: rows, columns: a.values)
  }

  /// Sets the VAE quality of a row.
  package func condition(row: Int, u: Float, step: Float) {
    let architecture = self.architecture
    for anchor in 0..<architecture.anchors { hats.row(row)[anchor] = architecture.hat(anchor, at: u) }
    self.step.pointer[row] = step
  }

  /// The term x W of a product.
  private func term(_ x: Matrix, _ entry: Architecture.Entry) -> Kernels.Term {
    Kernels.Term(x, parameters.pointer(entry), entry.shape)
  }

  /// y = linear(x) + last(hidden(x or its normalized form)): first the hats' mixture of biases, then the inputs in
  /// ascending order.
  private func forward(
    _ path: Architecture.Path, _ rows: Range<Int>, linear x: Matrix, hidden first: Matrix, _ before: [Matrix],
    _ after: [Matrix], into y: Matrix
  ) {
    var from = first
    for (i, layer) in path.hidden.enumerated() {
      kernels.product(
        rows, term(hats, layer.bias), term(from, layer.weight), into: before[i], architecture.activation,
        activated: after[i])
      from = after[i]
    }
    kernels.product(
      rows, term(hats, path.linear.bias), term(x, path.linear.weight), term(from, path.last), into: y)
  }

  /// scale = exp(hats G), times or divided by the step.
  package func forwardScales(_ rows: Range<Int>) {
    let table = kernels.table.pointee
    for (entry, scale) in gains {
      kernels.product(rows, hats, parameters.pointer(entry), entry.shape, into: scale)
      let first = scale.row(rows.lowerBound)
      table.exponential(first, first, rows.count * scale.stride)
    }
    for r in rows {
      let step = self.step.pointer[r]
      let inverse = 1 / step
      for k in 0..<architecture.latents {
        encoderScale.row(r)[k] *= inverse
        decoderScale.row(r)[k] *= step
      }
    }
  }

  /// latents = scale * encoder(input).
  package func forwardEncoder(_ rows: Range<Int>) {
    forward(
      architecture.encoder, rows, linear: input, hidden: input, encoderBefore, encoderAfter, into: projected)
    let first = rows.lowerBound
    kernels.table.pointee.multiply(
      projected.row(first), encoderScale.row(first), latents.row(first), rows.count * latents.stride)
  }

  /// output = decoder(scale * symbols), through the logistic function if there is one.
  package func forwardDecoder(_ rows: Range<Int>) {
    let first = rows.lowerBound
    kernels.table.pointee.multiply(
      symbols.row(first), decoderScale.row(first), spread.row(first), rows.count * spread.stride)
    for r in rows {
      kernels.table.pointee.multiply(
        spread.row(r), inverseDeviation.pointer, normalized.row(r), normalized.stride)
    }
    forward(
      architecture.decoder, rows, linear: spread, hidden: normalized, decoderBefore, decoderAfter,
      into: output)
    if let logistic {
      for r in rows { logistic.apply(output.row(r), kernels) }
    }
  }

  /// The same, clamped to bounds if there are any; see ``Model/standardizedBounds()``.
  package func forwardDecoder(_ rows: Range<Int>, within bounds: (low: FloatBuffer, high: FloatBuffer)?) {
    forwardDecoder(rows)
    output.clip(rows, to: bounds, kernels)
  }
}
