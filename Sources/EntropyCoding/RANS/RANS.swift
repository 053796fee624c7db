/// The conventions shared by the encoder and decoder of range asymmetric numeral systems (rANS) [1].
///
/// A state is a 32-bit number that holds a message. A symbol of frequency f (out of 2^15) multiplies it by about 2^15 /
/// f; whenever it would exceed 32 bits, its low 16 bits move out as a word. The decoder undoes this step by step, so
/// the encoder proceeds from the last symbol to the first. Unlike in arithmetic coding, decoding takes one
/// multiplication, and several states can share one sequence of words, so that their steps do not wait for each other
/// [2].
///
/// The layout of a chunk's symbols, as the decoder reads it (numbers little-endian), for 2^16 symbols or more:
///
///     states   4 x u32   each at least 2^16
///     words    u16       to the end
///
/// A chunk of fewer symbols has one lane, whose state is the first two words, the upper one first. That saves a dozen
/// bytes, but decodes more slowly. If the number of bytes is odd, the first word is a single byte, which is not 0. If
/// there are fewer than two words, the state is the one word, or 0.
///
/// Planes follow each other, the plain ones before the context-coded ones, with rows in order within a plane; row r
/// belongs to lane r mod lanes. A value's table is that of its plane or, in a context-coded plane, that of the value's
/// level. Levels are not stored; a decoder derives them from the preceding planes. For each value, with x the state of
/// its lane:
///
/// 1. The slot: s such that start(s) <= x mod 2^15 < start(s) + f(s), where start sums the frequencies before s, and
///    the escape comes last. Then x becomes f(s) (x >> 15) + x mod 2^15 - start(s).
/// 2. After an escape: six raw bits b, whose low five give the number n of further raw bits t; the distance d is 2^n +
///    t. The symbol is d below the lowest of the table if b is 32 or more, else d above the highest.
/// 3. The table's raw bits, which are the low bits of the value.
///
/// After each step, if x < 2^16, the next word w enters: x becomes 2^16 x + w. With one lane, x stays below 2^16 if no
/// word is left; with four, there always is one. Raw bits are taken in steps of at most 16, low bits first: k bits are
/// x mod 2^k, and x becomes x >> k.
///
/// At the end no word is left, and each of four states is 2^16, or the state of one lane is 0. Anything else shows that
/// no encoder wrote the bytes.
///
/// 1. J. Duda, "Asymmetric numeral systems", arXiv:1311.2540, 2013.
/// 2. F. Giesen, "Interleaved entropy coders", arXiv:1402.3392, 2014.
package enum RANS {
  /// The smallest state between steps; with one lane, only from the first word on.
  static let least: UInt32 = 1 << 16
  /// The number of bits in a word.
  static let wordBits: UInt32 = 16
  /// The number of interleaved states in a chunk of many symbols; a power of two.
  static let lanes = 4
  /// The number of symbols from which a chunk has more than one lane.
  static let symbolsForLanes = 1 << 16

  /// The number of interleaved states in a chunk of at least one row.
  static func lanes(planes: Int, rows: Int) -> Int {
    // Equivalent to planes * rows < symbolsForLanes, without overflow.
    planes <= (symbolsForLanes - 1) / rows ? 1 : lanes
  }

  /// The state before the first symbol is encoded and after the last is decoded.
  ///
  /// One lane starts at 0. With four lanes, a decoder could not tell which lane the last words belong to.
  static func emptyState(lanes: Int) -> UInt32 { lanes == 1 ? 0 : least }

  /// The maximum number of words for one value: its slot, an escape's head and tail, and raw bits.
  package static let maximumWordsPerValue = 6
}
