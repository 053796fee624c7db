/// What encoder and decoder of range asymmetric numeral systems (rANS) agree on.
///
/// A state is a number of 32 bits that holds a message: a symbol of frequency f (of 2^15) makes it grow by the
/// factor 2^15 / f, and whenever it would outgrow 32 bits, its low 16 bits move out as a word. The decoder undoes
/// this step by step, so the encoder works from the last symbol to the first. Unlike an arithmetic coder, decoding
/// takes one multiplication, and several states can share one sequence of words: their steps do not wait for each
/// other [2].
///
/// The layout of a chunk's symbols, as the decoder reads it (numbers little-endian), where it has 2^16 or more:
///
///     states   4 x u32   each at least 2^16
///     words    u16       until the end
///
/// A chunk of less symbols has one lane, whose state is the first two words, the upper one first: a dozen bytes less,
/// for decoding that is slower. If the number of bytes is odd, the first word is a single byte; it is not 0. Where there
/// are no two words, the state is the one that there is, or 0.
///
/// Planes come one after the other, the plain before the context-coded, rows in order within a plane; row r belongs to
/// lane r mod lanes. The table of a value is its plane's or, in a context-coded plane, that of the value's level: levels
/// are not written, a decoder knows them from the planes before. For each value, all from its lane's state x:
///
/// 1. The slot: s such that start(s) <= x mod 2^15 < start(s) + f(s), where start sums the frequencies before s, and
///    the escape comes last. Then x becomes f(s) (x >> 15) + x mod 2^15 - start(s).
/// 2. After an escape: six bits b raw, whose low five say that n more follow, t; the distance d is 2^n + t. The symbol
///    is d below the lowest of the table if b is 32 or more, else d above the highest.
/// 3. The table's raw bits, which are the low bits of the value.
///
/// After each step, if x < 2^16, the next word w enters: x becomes 2^16 x + w. With one lane, x stays below 2^16 when
/// no word is left; with four, there is always one. Raw bits are taken in steps of at most 16, the low ones first: k
/// bits are x mod 2^k, and x becomes x >> k.
///
/// In the end no word is left, and each of four states is 2^16, or that of one lane is 0: anything else shows that the
/// bytes were not an encoder's.
///
/// 1. J. Duda, "Asymmetric numeral systems", arXiv:1311.2540, 2013.
/// 2. F. Giesen, "Interleaved entropy coders", arXiv:1402.3392, 2014.
package enum RANS {
  /// The least that a state holds between steps; for one lane, from the first word on.
  static let least: UInt32 = 1 << 16
  /// Bits that a word takes.
  static let wordBits: UInt32 = 16
  /// States that take turns in a chunk of many symbols; a power of two.
  static let lanes = 4
  /// From this many symbols on, a chunk has more than one lane.
  static let symbolsForLanes = 1 << 16

  /// States that take turns in a chunk of at least one row.
  static func lanes(planes: Int, rows: Int) -> Int {
    // planes * rows < symbolsForLanes, for numbers of any size.
    planes <= (symbolsForLanes - 1) / rows ? 1 : lanes
  }

  /// What a state is before the first symbol is encoded, and after the last is decoded.
  ///
  /// One lane begins with nothing. With four, a decoder could not tell whose words are left at the end.
  static func emptyState(lanes: Int) -> UInt32 { lanes == 1 ? 0 : least }

  /// The most words that one value can take: its slot, an escape's head and tail, and raw bits.
  package static let maximumWordsPerValue = 6
}
