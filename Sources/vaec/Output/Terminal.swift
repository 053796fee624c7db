// The interface to the operating system, apart from files.

import ByteIO

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Standard streams, arguments, signals and the environment.
enum Terminal {
  /// Whether standard input is a terminal.
  static var isInput: Bool { isatty(0) == 1 }
  /// Whether standard output is a terminal.
  static var isOutput: Bool { isatty(1) == 1 }
  /// Whether standard error is a terminal.
  static var isError: Bool { isatty(2) == 1 }

  /// Makes writing to a pipe without readers, or beyond the file size limit, an error instead of a fatal signal.
  static func ignoreFailedWrites() {
    for number in [SIGPIPE, SIGXFSZ] { _ = signal(number, SIG_IGN) }
  }

  /// Writes to standard error, ignoring failures.
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

  /// The default model file, from VAEC_MODEL.
  static var defaultModel: String? { environment("VAEC_MODEL").flatMap { $0.isEmpty ? nil : $0 } }

  /// The number of processors available to this process.
  static var processors: Int { max(1, sysconf(CInt(_SC_NPROCESSORS_ONLN))) }

  /// The arguments of the program, as ``ByteText``, because file names need not be UTF-8.
  static var arguments: [String] {
    (1..<max(1, Int(CommandLine.argc))).compactMap { CommandLine.unsafeArgv[$0] }.map {
      ByteText.text(of: UnsafeRawBufferPointer(start: $0, count: strlen($0)))
    }
  }

  /// The names in a directory, in order, as ``ByteText``.
  static func entries(of path: String) throws(CommandError) -> [String] {
    guard let directory = opendir(ByteText.bytes(of: path).map { CChar(bitPattern: $0) } + [0]) else {
      throw .directory(name: path, operation: "read", reason: problem)
    }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 1) {
          ByteText.text(of: UnsafeRawBufferPointer(start: $0, count: strlen($0)))
        }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  /// Creates a directory and its parents.
  static func makeDirectory(_ path: String) throws(CommandError) {
    guard !path.isEmpty, FileStatus(ofPath: path)?.isDirectory != true else { return }
    if let slash = path.dropLast().lastIndex(of: "/") { try makeDirectory(String(path[..<slash])) }
    guard
      mkdir(ByteText.bytes(of: path).map { CChar(bitPattern: $0) } + [0], 0o777) == 0
        || FileStatus(ofPath: path)?.isDirectory == true
    else { throw .directory(name: path, operation: "created", reason: problem) }
  }

  /// The error of the last system call.
  private static var problem: String {
    let reason = strerror(errno).map { String(cString: $0) } ?? "error \(errno)"
    return reason.prefix(1).lowercased() + reason.dropFirst()
  }

  /// The number of the interrupt signal.
  static var interruptSignal: CInt { SIGINT }

  /// The signals that end a process.
  static var endingSignals: [CInt] { [SIGINT, SIGTERM, SIGHUP] }

  /// Whether the process was started to ignore a signal.
  static func isIgnored(signal number: CInt) -> Bool {
    let before = signal(number, SIG_IGN)
    _ = signal(number, before)
    return unsafeBitCast(before, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
  }

  /// Restores the default action of a signal that was ignored.
  static func heed(signal number: CInt) { _ = signal(number, SIG_DFL) }

  /// Blocks the ending signals in this thread and in those that it starts.
  static func blockEndingSignals() -> sigset_t {
    var signals = sigset_t()
    sigemptyset(&signals)
    for number in endingSignals { sigaddset(&signals, number) }
    pthread_sigmask(SIG_BLOCK, &signals, nil)
    return signals
  }

  /// Waits for one of `signals`, which all threads must block.
  static func nextSignal(of signals: sigset_t) -> CInt {
    var signals = signals
    var number: CInt = 0
    while sigwait(&signals, &number) != 0 {}
    return number
  }

  /// Ends the process immediately by a signal.
  static func quit(bySignal number: CInt) -> Never {
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, number)
    heed(signal: number)
    pthread_sigmask(SIG_UNBLOCK, &signals, nil)
    raise(number)
    _exit(128 + number)
  }
}
