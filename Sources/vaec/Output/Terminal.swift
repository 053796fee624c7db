// The border to the operating system: what the command line needs of it beside files.

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Standard streams, files' identities, signals and the environment.
enum Terminal {
  /// Whether standard input is a terminal.
  static var isInput: Bool { isatty(0) == 1 }
  /// Whether standard output is a terminal.
  static var isOutput: Bool { isatty(1) == 1 }
  /// Whether standard error is a terminal.
  static var isError: Bool { isatty(2) == 1 }

  /// Makes writing to a pipe without readers an error, not the end of the process.
  static func ignoreBrokenPipes() { _ = signal(SIGPIPE, SIG_IGN) }

  /// Writes to standard error, as far as that is possible.
  static func writeError(_ text: String) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { write(2, $0.baseAddress, $0.count) }
      if written < 0 && errno == EINTR { continue }
      guard written > 0 else { return }
      rest = rest.dropFirst(written)
    }
  }

  /// The value of an environment variable.
  static func environment(_ name: String) -> String? {
    guard let value = getenv(name) else { return nil }
    return String(cString: value)
  }

  /// How many processors this process can use.
  static var processors: Int { max(1, sysconf(CInt(_SC_NPROCESSORS_ONLN))) }

  /// Whether two names lead to one file.
  static func isSameFile(_ a: String, _ b: String) -> Bool {
    var (first, second) = (stat(), stat())
    guard stat(a, &first) == 0, stat(b, &second) == 0 else { return false }
    return first.st_dev == second.st_dev && first.st_ino == second.st_ino
  }

  /// Whether `path` names a device, a pipe or the like: to open it would already have an effect.
  static func isSpecialFile(_ path: String) -> Bool {
    var status = stat()
    guard stat(path, &status) == 0 else { return false }
    return status.st_mode & S_IFMT != S_IFREG && status.st_mode & S_IFMT != S_IFDIR
  }

  /// Removes a file.
  static func remove(_ path: String) throws(CommandError) {
    guard unlink(path) != 0 else { return }
    let reason = strerror(errno).map { String(cString: $0) } ?? "error \(errno)"
    throw .cannotRemove(name: path, reason: reason.prefix(1).lowercased() + reason.dropFirst())
  }

  /// Ends the process at once, as a shell expects it after an interrupt.
  static func quitInterrupted() -> Never { _exit(130) }

  /// Takes away what the system does on an interrupt.
  static func ignoreInterrupts() { _ = signal(SIGINT, SIG_IGN) }

  /// The number of the interrupt signal.
  static var interruptSignal: CInt { SIGINT }

  /// The signals that ask a process to end.
  static var endingSignals: [CInt] { [SIGINT, SIGTERM, SIGHUP] }

  /// Takes away what the system does on a signal.
  static func ignore(signal number: CInt) { _ = signal(number, SIG_IGN) }

  /// Ends the process at once, as a shell tells of a signal.
  static func quit(bySignal number: CInt) -> Never { _exit(128 + number) }
}
