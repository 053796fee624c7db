import Tensor

/// The places of a uniform sample of fixed size that rows of a stream of unknown length are put in (algorithm R; Vitter, Random
/// Sampling with a Reservoir, 1985).
struct ReservoirPlaces {
  /// The maximum number of rows to keep.
  let most: Int
  /// The number of rows offered.
  private(set) var seen = 0
  private var random: RandomSource

  init(most: Int, random: RandomSource) { (self.most, self.random) = (most, random) }

  /// Offers up to `count` rows that are kept for certain, while there is room; returns how many these are.
  mutating func fill(_ count: Int) -> Int {
    let fitting = min(count, most - min(seen, most))
    seen += fitting
    return fitting
  }

  /// Offers a row; returns its place, or nil if it is not kept.
  mutating func next() -> Int? {
    if fill(1) == 1 { return seen - 1 }
    seen += 1
    let place = Int(random.next() % UInt64(seen))
    return place < most ? place : nil
  }
}
