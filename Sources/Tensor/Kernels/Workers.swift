import Dispatch
import Synchronization

/// A number of threads that share the pieces of a task. Which thread does which piece changes no result: a
/// piece writes only what is its own.
package struct Workers: Sendable {
  /// How many threads work at once; at least 1.
  package let count: Int

  /// - Parameter count: threads; less than 1 counts as 1.
  package init(count: Int) {
    self.count = max(1, count)
  }

  /// Runs `body` for each piece 0..<pieces, and returns when all are done. Threads take the next piece as they get to it:
  /// one that is held up by others on the machine keeps no piece waiting but its own.
  package func forEach(_ pieces: Int, _ body: @Sendable (Int) -> Void) {
    if count == 1 || pieces <= 1 {
      for piece in 0..<pieces { body(piece) }
    } else if pieces <= count {
      DispatchQueue.concurrentPerform(iterations: pieces, execute: body)
    } else {
      let next = Atomic(0)
      DispatchQueue.concurrentPerform(iterations: count) { _ in
        while true {
          let piece = next.wrappingAdd(1, ordering: .relaxed).oldValue
          if piece >= pieces { break }
          body(piece)
        }
      }
    }
  }

  /// Rows of a block.
  private static let blockRows = 128

  /// Blocks that ``forEachBlock(of:_:)`` makes of so many rows.
  package static func blocks(of rows: Int) -> Int { (rows + blockRows - 1) / blockRows }

  /// Splits 0..<rows into blocks, which do not depend on the number of threads, and runs `body` on each: what it takes in
  /// memory does not grow with the rows.
  package func forEachBlock(of rows: Int, _ body: @Sendable (_ block: Int, _ rows: Range<Int>) -> Void) {
    forEach(Self.blocks(of: rows)) { block in
      body(block, block * Self.blockRows..<min(rows, (block + 1) * Self.blockRows))
    }
  }

  /// Splits 0..<items into one contiguous range a thread, and runs `body` on each.
  package func forEachRange(of items: Int, _ body: @Sendable (Range<Int>) -> Void) {
    let parts = min(count, items)
    forEach(parts) { part in body(items * part / parts..<items * (part + 1) / parts) }
  }
}
