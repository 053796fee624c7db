/// How much work an encoder puts into its choices, 0 ... 9: the same samples, at the same operating point, in fewer bits at
/// equal error. Streams are of one format, and decoders take the same time for all.
///
/// 0 takes the nearest symbol everywhere. 1 chooses coefficients and values by rate and distortion (``RDOQuantizer``). 2
/// and more search the latents too (``LatentSearch``).
package struct Effort: Equatable, Sendable {
  /// 0 ... 9.
  package let level: Int

  /// The levels that there are.
  package static let levels = 0...9
  /// A good trade of time for bits.
  package static let standard = Effort(2)

  /// - Parameter level: less than 0 counts as 0, and more than 9 as 9.
  package init(_ level: Int) { self.level = min(max(level, Self.levels.lowerBound), Self.levels.upperBound) }

  /// Whether coefficients and values are chosen by rate and distortion; else each is the nearest.
  var chooses: Bool { level >= 1 }

  /// How latents are searched; nil if each is the nearest. Each level from 2 on tries twice as much as the one before.
  var search: LatentSearch.Limits? {
    level < 2 ? nil : LatentSearch.Limits(moves: 1 << (level - 2), curvature: level < 5 ? 1 : 0)
  }
}
