/// An error with advice for users of the command line.
///
/// The library states facts. This folder adds a remedy to each, which may name options and commands.
/// ``message`` combines both.
protocol Advised: CustomStringConvertible {
  /// What is wrong, with the names of options in place of the library's terms.
  var fact: String { get }
  /// What to do about it; nil if nothing can be done.
  var remedy: String? { get }
}

extension Advised {
  var fact: String { description }

  /// The message for the user: "fact; remedy".
  var message: String { remedy.map { "\(fact); \($0)" } ?? fact }
}
