// Logarithm and exponential for reports: no stream depends on them.
#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

func naturalLogarithm(_ x: Double) -> Double { log(x) }
func naturalExponential(_ x: Double) -> Double { exp(x) }
func decibels(_ ratio: Double) -> Double { 10 * log10(ratio) }
