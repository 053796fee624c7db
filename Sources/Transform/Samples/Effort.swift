/// The effort of the encoder's search, 0 ... 9. For the same samples and operating point, more effort takes fewer bits
/// at equal error. The format and the decoding time are the same.
///
/// 0 takes the nearest symbol everywhere. 1 chooses coefficients and values by rate and distortion (``RDOQuantizer``).
/// 2 and more also search for latents (``LatentSearch``).
package struct Effort: Equatable, Sendable {
  /// 0 ... 9.
  package let level: Int

  /// The permitted levels.
  package static let levels = 0...9
  /// A good trade-off of time for bits.
  package static let standard = Effort(2)

  /// - Parameter level: clamped to 0 ... 9.
  package init(_ level: Int) {
    self.level = min(max(level, Self.levels.lowerBound), Self.levels.upperBound)
    isQuick = self.level < 2
  }

  private init(_ level: Int, isQuick: Bool) { (self.level, self.isQuick) = (level, isQuick) }

  /// Whether bounded and exact values are coded by the quick coder.
  package let isQuick: Bool

  /// The effort of a trial that finds symbols with no more than `level`, and codes values as the stream will.
  package func trial(atMost level: Int) -> Effort { Effort(min(self.level, level), isQuick: isQuick) }

  /// Whether coefficients and values are chosen by rate and distortion; otherwise the nearest is taken.
  var chooses: Bool { level >= 1 }

  /// The limits of the search for latents; nil if the nearest are taken. From level 2 on, each level tries twice as
  /// much as the one before.
  var search: LatentSearch.Limits? {
    level < 2 ? nil : LatentSearch.Limits(moves: 1 << (level - 2), curvature: level < 5 ? 1 : 0)
  }
}
