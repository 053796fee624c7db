// Logarithm, cosine and the like for fitting. Nothing that a decoder computes may use them: libraries differ in
// their last bits.
#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

func logarithm(_ x: Double) -> Double { log(x) }
func cosine(_ x: Double) -> Double { cos(x) }
func exponential(_ x: Double) -> Double { exp(x) }
func tenLogarithms(_ x: Double) -> Double { 10 * log10(x) }
func power(_ x: Double, _ y: Double) -> Double { pow(x, y) }
