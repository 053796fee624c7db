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
      script, environment: ["DATA": Fixtures.path("digits-fit.npy")], in: scratch)
    #expect(outcome.text.hasPrefix("130\nx.vae: ok"), "\(outcome.text)")
    let errors = String(decoding: try scratch.read("errors"), as: UTF8.self)
    #expect(errors.contains("finishing the epoch, then saving; press again to stop now"))
    #expect(errors.contains("x.vae: saved as far as it had been fitted"))
    #expect(String(decoding: try scratch.read("output"), as: UTF8.self).contains("stopped early"))
  }

  @Test("two end the program with 130 and leave nothing")
  func twice() throws {
    let scratch = try Scratch()
    let script = Self.begin + "\nkill -INT $job; sleep 0.02; kill -INT $job; wait $job; echo $?"
    let outcome = try Program.shell(
      script, environment: ["DATA": Fixtures.path("digits-fit.npy")], in: scratch)
    #expect(outcome.text == "130\n")
    #expect(try scratch.names == ["errors", "output"])
  }

  @Test(
    "with a checkpoint one ends the fit, and the fit goes on to the model of one that was not interrupted")
  func checkpoint() throws {
    let scratch = try Scratch()
    let script = """
      options="--quiet --hidden 16 --epochs 400"
      "$VAEC" fit $options "$DATA" -o whole.vae
      # On a busy machine, training begins late.
      for wait in 0.2 0.4 0.8 1.6 3.2; do
        "$VAEC" fit --hidden 16 --epochs 400 "$DATA" -o x.vae --checkpoint x.fit 2>errors &
        job=$!
        sleep $wait; kill -TERM $job; wait $job; code=$?
        test ! -e x.fit -o -e x.vae || break
        rm -f x.vae x.fit
      done
      echo $code; ls
      "$VAEC" fit $options --seed 1 "$DATA" -o x.vae --resume x.fit; echo $?
      "$VAEC" fit --hidden 16 "$DATA" -o x.vae --resume x.fit; echo $?
      "$VAEC" fit $options --latents 3 "$DATA" -o x.vae --resume x.fit; echo $?
      "$VAEC" fit $options "$DATA" "$DATA" -o x.vae --resume x.fit; echo $?
      "$VAEC" fit $options "$DATA" -o x.vae --checkpoint x.fit; echo $?
      "$VAEC" fit $options "$DATA" -o x.vae --resume x.fit; echo $?; cmp x.vae whole.vae && ls
      """
    let outcome = try Program.shell(
      script, environment: ["DATA": Fixtures.path("digits-fit.npy")], in: scratch)
    #expect(
      outcome.text == "143\nerrors\nwhole.vae\nx.fit\n1\n1\n1\n1\n1\n0\nerrors\nwhole.vae\nx.fit\nx.vae\n")
    let lines = outcome.errors.split(separator: "\n")
    #expect(lines.count == 5, "\(outcome.errors)")
    #expect(outcome.errors.contains("x.fit: made with --seed 0, but this fit has 1"))
    #expect(outcome.errors.contains("x.fit: made with --epochs 400; pass it too"))
    #expect(outcome.errors.contains("x.fit: made without --latents; omit it"))
    #expect(outcome.errors.contains("x.fit: made with other data"))
    #expect(outcome.errors.contains("x.fit: already exists"))
    let errors = String(decoding: try scratch.read("errors"), as: UTF8.self)
    #expect(errors.contains("saving the checkpoint, then stopping; press again to stop now"))
    #expect(errors.contains("continue with --resume x.fit"))
  }
}
