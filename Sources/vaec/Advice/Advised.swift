/// What is at fault, and what a user of the command line can do about it.
///
/// The library states facts. The files of this folder turn a fact into a remedy, which may name options and commands, and
/// ``message`` is the one place that puts both together.
protocol Advised: CustomStringConvertible {
  /// What is wrong, with an option by its name where the library has other words for it.
  var fact: String { get }
  /// What to do; nil where there is nothing.
  var remedy: String? { get }
}

extension Advised {
  var fact: String { description }

  /// What a user reads: "fact; remedy".
  var message: String { remedy.map { "\(fact); \($0)" } ?? fact }
}
