// Logarithm, cosine and the like for fitting. Nothing that a decoder computes may use them: libraries differ in
// their last bits.
#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

package func logarithm(_ x: Double) -> Double { log(x) }
package func cosine(_ x: Double) -> Double { cos(x) }
package func exponential(_ x: Double) -> Double { exp(x) }
/// 1 - erf(x): twice the upper tail of a normal distribution at x sqrt(2).
package func complementaryError(_ x: Double) -> Double { erfc(x) }
package func decibels(_ x: Double) -> Double { 10 * log10(x) }
package func power(_ x: Double, _ y: Double) -> Double { pow(x, y) }

/// ln 2.
package let naturalLogarithmOf2 = 0.693_147_180_559_945_309_4
