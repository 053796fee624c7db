#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The processors of this machine.
enum Processors {
  /// The number of processors online.
  static var count: Int { max(1, sysconf(CInt(_SC_NPROCESSORS_ONLN))) }
}
