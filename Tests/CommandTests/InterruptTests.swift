import Foundation
import Testing

/// Ctrl-C while a model is fitted.
@Suite("interrupts")
struct InterruptTests {
  /// A fit that takes long, as a script's background job.
  private static let begin = """
    exec 2>errors
    "$VAEC" fit "$DATA" -o x.vae --time 10m --hidden 16 > output &
    job=$!
    sleep 2
    """

  @Test("one stops the fit early and saves the model")
  func once() throws {
    let scratch = try Scratch()
    let script = Self.begin + "\nkill -INT $job; wait $job; echo $?; \"$VAEC\" test x.vae"
    let outcome = try Program.shell(
      script, environment: ["DATA": Fixtures.path("digits-fit.npy")], in: scratch, seconds: 60)
    #expect(outcome.text.hasPrefix("0\nx.vae: ok"), "\(outcome.text)")
    let errors = String(decoding: try scratch.read("errors"), as: UTF8.self)
    #expect(errors.contains("finishing the epoch, then saving; press again to stop at once"))
    #expect(String(decoding: try scratch.read("output"), as: UTF8.self).contains("stopped early"))
  }

  @Test("two end the program with 130 and leave nothing")
  func twice() throws {
    let scratch = try Scratch()
    let script = Self.begin + "\nkill -INT $job; sleep 0.02; kill -INT $job; wait $job; echo $?"
    let outcome = try Program.shell(
      script, environment: ["DATA": Fixtures.path("digits-fit.npy")], in: scratch, seconds: 60)
    #expect(outcome.text == "130\n")
    #expect(try scratch.names == ["errors", "output"])
  }
}
