import Foundation
import Testing

/// Samples added to a file that is there.
@Suite("appending")
struct AppendTests {
  /// A directory with m.vae, new.npy, and all.vaec with the images in chunks.
  private func scratch() throws -> Scratch {
    let scratch = try Models.scratch()
    let outcome = try Program.run(
      ["encode", "--quiet", "-m", "m.vae", "--chunk", "40", "new.npy", "-o", "all.vaec"], in: scratch)
    #expect(outcome.code == 0)
    return scratch
  }

  @Test("adds streams as cat would, in order")
  func appends() throws {
    let scratch = try scratch()
    let script = """
      set -e
      vaec encode --quiet -m m.vae -q 30 new.npy -o a.vaec
      cp a.vaec b.vaec
      cat all.vaec a.vaec b.vaec > expected
      vaec encode --json -m m.vae -q 30 --append new.npy - -o all.vaec < new.npy
      cmp all.vaec expected
      vaec test --quiet all.vaec
      vaec decode --quiet -m m.vae all.vaec -o back.npy
      cat all.vaec a.vaec | vaec decode --quiet -m m.vae > more.npy
      vaec encode --quiet -m m.vae -q 30 --append new.npy -o made.vaec
      cmp made.vaec a.vaec
      """
    let outcome = try Program.shell(script, in: scratch)
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect((try outcome.json()["files"] as? [Any])?.count == 2)
    #expect(ByteArray(npy: try scratch.read("back.npy"))?.rows == 3 * 179)
    #expect(ByteArray(npy: try scratch.read("more.npy"))?.rows == 4 * 179)
  }

  @Test("leaves the file as it was when something fails", arguments: ["wide.npy", "gone.npy"])
  func failure(second: String) throws {
    let scratch = try scratch()
    let before = try scratch.read("all.vaec")
    let values = [UInt8](repeating: 1, count: 7 * 64)
    try scratch.write(ByteArray(rows: 7, shape: [64], values: values).npy, to: "wide.npy")
    let script = "vaec encode --quiet -m m.vae --append new.npy \(second) -o all.vaec"
    let outcome = try Program.shell(script, in: scratch)
    #expect(outcome.isOneLineOfError, "\(outcome.errors)")
    #expect(try scratch.read("all.vaec") == before)
    let made = try Program.shell("vaec encode --quiet -m m.vae --append gone.npy -o made.vaec", in: scratch)
    #expect(made.isOneLineOfError && !scratch.contains("made.vaec"))
  }

  @Test("refuses a file of another model, one that is cut, and one that is no stream")
  func refusals() throws {
    let scratch = try scratch()
    try scratch.write(try Models.others.get(), to: "other.vae")
    let whole = try scratch.read("all.vaec")
    func refusal(_ model: String) throws -> String {
      let before = try scratch.read("all.vaec")
      let outcome = try Program.shell(
        "vaec encode --quiet -m \(model) --append new.npy -o all.vaec", in: scratch)
      #expect(outcome.isOneLineOfError, "\(outcome.errors)")
      #expect(try scratch.read("all.vaec") == before)
      return outcome.errors
    }
    #expect(try refusal("other.vae").contains("encoded with model"))
    try scratch.write(whole + whole.prefix(100), to: "all.vaec")
    #expect(try refusal("m.vae").contains("truncate -s \(whole.count)"))
    try scratch.write(Array("1,2\n3,4\n".utf8), to: "all.vaec")
    #expect(try refusal("m.vae").contains("not a vaec stream"))
  }

  @Test("what a killed append leaves is recognized, and the rest decoded")
  func killed() throws {
    let scratch = try scratch()
    let whole = try scratch.read("all.vaec")
    try scratch.write(whole + whole.prefix(whole.count / 2), to: "all.vaec")
    let outcome = try Program.shell("vaec decode --keep-going -m m.vae all.vaec -o back.npy", in: scratch)
    #expect(outcome.code == 1)
    #expect(outcome.errors.contains("stream 2 is cut off after"), "\(outcome.errors)")
    let rows = try #require(ByteArray(npy: try scratch.read("back.npy"))).rows
    #expect(rows >= 179 && rows < 2 * 179)
  }

  @Test("an interrupt leaves the file as it was", arguments: ["INT", "TERM"])
  func interrupt(signal: String) throws {
    let scratch = try scratch()
    let before = try scratch.read("all.vaec")
    // The first input is added while the second is waited for. Without job control, a shell lets its jobs ignore interrupts.
    let script = """
      set -m
      mkfifo slow.npy
      "$VAEC" encode --quiet -m m.vae --append new.npy slow.npy -o all.vaec 2>/dev/null &
      job=$!
      exec 3>slow.npy
      while [ $(wc -c < all.vaec) = \(before.count) ]; do sleep 0.01; done
      kill -\(signal) $job; wait $job; echo $?
      """
    let outcome = try Program.shell(script, in: scratch)
    #expect(outcome.text == (signal == "INT" ? "130\n" : "143\n"))
    #expect(try scratch.read("all.vaec") == before)
  }
}
