import Synchronization

/// The names of this process's temporary files, so that they can go when a signal ends the process.
///
/// They belong to the process as its signals do: whoever catches these calls ``removeAll(then:)``.
package enum TemporaryFiles {
  private static let names = Mutex<Set<String>>([])

  /// Makes a file called `name`, and remembers it if that succeeds.
  static func make<T, E: Error>(_ name: String, _ body: () throws(E) -> T) throws(E) -> T {
    // Under the lock, so that a file is never there without being known.
    try names.withLock { (names) throws(E) in
      let result = try body()
      names.insert(name)
      return result
    }
  }

  /// Forgets `name`, which is no temporary file any more.
  static func forget(_ name: String) { names.withLock { _ = $0.remove(name) } }

  /// Removes all temporary files that have a name; then does `body` before anyone can make more.
  package static func removeAll(then body: () -> Void = {}) {
    names.withLock { names in
      for name in names { unlinkFile(name) }
      names = []
      body()
    }
  }
}
