import Synchronization

/// The names of the process's temporary files, so that they can be removed when a signal ends the process.
///
/// They are global as signals are: the signal handler of the process calls ``removeAll(then:)``.
package enum TemporaryFiles {
  private static let names = Mutex<Set<String>>([])

  /// Creates the file `name` by `body`, and records the name if that succeeds.
  static func make<T, E: Error>(_ name: String, _ body: () throws(E) -> T) throws(E) -> T {
    // The lock is held throughout, so that no file exists unrecorded.
    try names.withLock { (names) throws(E) in
      let result = try body()
      names.insert(name)
      return result
    }
  }

  /// Drops `name`, which is no longer a temporary file.
  static func forget(_ name: String) { names.withLock { _ = $0.remove(name) } }

  /// Removes all named temporary files; then runs `body` before any more can be created.
  package static func removeAll(then body: () -> Void = {}) {
    names.withLock { names in
      for name in names { unlinkFile(name) }
      names = []
      body()
    }
  }
}
