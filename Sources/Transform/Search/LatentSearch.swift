import CKernels
import Tensor
import VAEModel

/// Searches for symbols of latents that cost less than the nearest ones, in bits and error together, by running the
/// decoder.
///
/// An encoder network is fast, but not exactly optimal for any sample: much of what a learned codec loses is lost there
/// (Yang, Bamler and Mandt, "Improving inference for neural image compression", arXiv 2006.04240). The search stays on
/// the integers. The gradient of the cost predicts for each latent the effect of one step up or down; the best steps
/// are tried, and kept if the cost falls. This repeats, for each row independently.
final class LatentSearch {
  /// The limits of a search.
  struct Limits: Equatable, Sendable {
    /// The number of steps tried for each row, one after another.
    var moves: Int
    /// The bits that a step adds to the cost beyond the gradient: ``RDOQuantizer/bitsPerError`` for a linear decoder
    /// with an orthonormal basis. A smaller value tries more steps.
    var curvature: Float
  }

  private let limits: Limits
  private let pass: NetworkActivations
  private let gradient: DecoderGradient
  private let leftover: ResidualRateModel
  private let choice: RDOQuantizer
  /// By row: the best symbols so far, the gradient of their cost without their own bits, the next trial, and the cost
  /// of the best symbols.
  private let best: Matrix
  private let slopes: Matrix
  private let trial: Matrix
  private var costs: [Float]
  /// By row and latent: the estimated bits that a step adds to the cost beyond the gradient.
  private let curvatures: Matrix
  /// For one row: the change of the cost with each latent's better step, and the direction of that step.
  private let promises: Matrix
  private let directions: Matrix
  /// The network's output for each row's first and best symbols, clamped to bounds; nil if not requested.
  let outputs: (first: Matrix, best: Matrix)?
  /// By row: the number of latents moved at once.
  private var together: [Int]
  /// The rows still being searched, and the costs of their trials.
  private var active: [Int] = []
  private var trialCosts: [Float]

  /// - Parameters:
  ///   - pass: runs forward and backward; its symbols are improved.
  ///   - choice: with a table for each latent.
  ///   - keepsOutputs: whether ``outputs`` are requested.
  init(
    _ pass: NetworkActivations, _ limits: Limits, leftover: ResidualRateModel, choice: RDOQuantizer,
    keepsOutputs: Bool = false
  ) {
    let rows = pass.symbols.rows
    let latents = pass.architecture.latents
    self.pass = pass
    self.limits = limits
    self.leftover = leftover
    self.choice = choice
    gradient = DecoderGradient(pass)
    best = Matrix(rows: rows, columns: latents)
    slopes = Matrix(rows: rows, columns: latents)
    trial = Matrix(rows: rows, columns: latents)
    curvatures = Matrix(rows: rows, columns: latents)
    promises = Matrix(rows: 1, columns: latents)
    directions = Matrix(rows: 1, columns: latents)
    let width = pass.architecture.values
    outputs =
      keepsOutputs ? (Matrix(rows: rows, columns: width), Matrix(rows: rows, columns: width)) : nil
    costs = [Float](repeating: 0, count: rows)
    trialCosts = costs
    together = [Int](repeating: 1, count: rows)
  }

  /// Improves the symbols of the pass. Rows without an improvement stay as they are.
  ///
  /// - Parameter target: rows x width: the standardized samples.
  /// - Returns: whether any row has changed.
  package func run(_ target: Matrix, rows: Int) -> Bool {
    let latents = best.columns
    best.row(0).update(from: pass.symbols.row(0), count: rows * best.stride)
    curvatures.row(0).update(repeating: limits.curvature, count: rows * curvatures.stride)
    active = Array(0..<rows)
    evaluate(target)
    if let outputs {
      let count = rows * pass.output.stride
      outputs.first.row(0).update(from: pass.output.row(0), count: count)
      outputs.best.row(0).update(from: pass.output.row(0), count: count)
    }
    backward(Array(active.indices))
    for r in 0..<rows { costs[r] = trialCosts[r] }
    slopes.row(0).update(from: gradient.symbols.row(0), count: rows * slopes.stride)
    for r in 0..<rows { together[r] = max(1, latents / Self.latentsPerMove) }
    var hasChanged = false
    for move in 1...limits.moves {
      active.removeAll { !step($0) }
      if active.isEmpty { break }
      for (i, r) in active.enumerated() {
        pass.symbols.row(i).update(from: trial.row(r), count: best.stride)
      }
      evaluate(target)
      let better = active.indices.filter { trialCosts[$0] < costs[active[$0]] }
      for (i, r) in active.enumerated() { learn(r, from: i) }
      for i in better { keep(active[i], from: i) }
      if better.isEmpty { continue }
      hasChanged = true
      if move == limits.moves { break }
      backward(better)
      for (i, from) in better.enumerated() {
        slopes.row(active[from]).update(from: gradient.symbols.row(i), count: slopes.stride)
      }
    }
    pass.symbols.row(0).update(from: best.row(0), count: rows * best.stride)
    return hasChanged
  }

  /// Computes the gradients of the rows `kept` of the pass, in ascending order; they move to the front.
  private func backward(_ kept: [Int]) {
    leftover.backward(kept, into: gradient.output)
    gradient.backward(kept)
  }

  /// Initially, one in this many latents is moved at a time.
  private static let latentsPerMove = 12

  /// Computes the costs of the symbols in the pass, which belong to the rows `active`.
  private func evaluate(_ target: Matrix) {
    pass.forwardDecoder(0..<active.count)
    leftover.evaluate(pass.output, rows: active, target: target, costs: &trialCosts)
    for i in active.indices {
      let symbols = pass.symbols.row(i)
      trialCosts[i] += choice.withTables { tables in
        var bits: Float = 0
        for k in 0..<best.columns { bits += tables.bits(Int32(symbols[k]), k) }
        return bits
      }
    }
  }

  /// Sets the next trial of row `r`: the most promising steps.
  ///
  /// - Returns: false if no step is promising.
  private func step(_ r: Int) -> Bool {
    let next = trial.row(r)
    next.update(from: best.row(r), count: best.stride)
    let promises = promises.row(0)
    choice.withTables { tables in
      for k in 0..<best.columns {
        let (down, up) = (promise(r, k, -1, tables), promise(r, k, 1, tables))
        promises[k] = up < down ? up : down
        directions.row(0)[k] = up < down ? 1 : -1
      }
    }
    var moved = 0
    while moved < together[r] {
      var (place, change): (Int, Float) = (-1, 0)
      for k in 0..<best.columns where promises[k] < change { (place, change) = (k, promises[k]) }
      guard place >= 0 else { break }
      next[place] += directions.row(0)[place]
      promises[place] = .infinity
      moved += 1
    }
    return moved > 0
  }

  /// The estimated change of row `r`'s cost if latent `k` moves by `direction`.
  @inline(__always)
  private func promise(_ r: Int, _ k: Int, _ direction: Float, _ tables: RDOQuantizer.Tables) -> Float {
    let symbol = best.row(r)[k]
    guard symbol.magnitude < 0x1p29 else { return .infinity }
    return direction * slopes.row(r)[k] + curvatures.row(r)[k]
      + tables.bits(Int32(symbol + direction), k) - tables.bits(Int32(symbol), k)
  }

  /// Learns from the trial of row `r`, which is row `i` of the pass: the curvature of a single step, or to move fewer
  /// latents at once if several were moved in vain.
  private func learn(_ r: Int, from i: Int) {
    let (symbols, next) = (best.row(r), trial.row(r))
    var (moved, place) = (0, 0)
    for k in 0..<best.columns where symbols[k] != next[k] { (moved, place) = (moved + 1, k) }
    let change = trialCosts[i] - costs[r]
    if moved == 1 {
      curvatures.row(r)[place] +=
        change - choice.withTables { promise(r, place, next[place] - symbols[place], $0) }
      // A failed step must not be tried again, even if rounding makes it seem worthwhile.
      if !(change < 0) { curvatures.row(r)[place] += Self.margin }
    } else if !(change < 0) {
      together[r] = max(1, moved / 2)
    }
  }

  private static let margin: Float = 1e-3

  /// Keeps the trial of row `r`, which is row `i` of the pass, as the best so far.
  private func keep(_ r: Int, from i: Int) {
    best.row(r).update(from: trial.row(r), count: best.stride)
    outputs?.best.row(r).update(from: pass.output.row(i), count: pass.output.stride)
    costs[r] = trialCosts[i]
  }
}
