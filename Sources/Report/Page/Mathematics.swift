// Powers and logarithms for axes: no number that is reported depends on them.
#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

func decimalLogarithm(_ x: Double) -> Double { log10(x) }
func powerOfTen(_ x: Double) -> Double { pow(10, x) }
