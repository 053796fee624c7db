import Foundation
import Testing

/// `make install` and `make uninstall`.
@Suite("install")
struct InstallTests {
  private func make(_ target: String, into scratch: Scratch) throws -> Program.Outcome {
    let root = Fixtures.url("..").standardizedFileURL.path
    return try Program.shell(
      "make -s -C '\(root)' \(target) DESTDIR='\(scratch.path("root"))' PREFIX=/usr VAEC=\"$VAEC\"",
      in: scratch)
  }

  private func files(_ scratch: Scratch) -> Set<String> {
    let all = FileManager.default.enumerator(atPath: scratch.path("root"))?.compactMap { $0 as? String } ?? []
    return Set(
      all.filter {
        !((try? scratch.url("root/\($0)").resourceValues(forKeys: [.isDirectoryKey]))?.isDirectory ?? true)
      })
  }

  @Test(
    "install puts the program, its pages and completions where they are looked for; uninstall takes all away",
    .enabled(if: Program.isInstalled("make")))
  func all() throws {
    let scratch = try Scratch()
    let outcome = try make("install", into: scratch)
    #expect(outcome.code == 0, "\(outcome.errors)")
    let pages = try FileManager.default.contentsOfDirectory(
      atPath: Fixtures.url("../man").standardizedFileURL.path)
    #expect(
      files(scratch)
        == Set(pages.map { "usr/share/man/man\($0.suffix(1))/\($0)" }).union([
          "usr/bin/vaec", "usr/share/bash-completion/completions/vaec", "usr/share/zsh/site-functions/_vaec",
          "usr/share/fish/vendor_completions.d/vaec.fish",
        ]))
    let version = try Program.shell("root/usr/bin/vaec --version", in: scratch)
    #expect(version.text == (try Program.run(["--version"]).text))
    #expect(
      try scratch.read("root/usr/share/zsh/site-functions/_vaec").starts(with: Array("#compdef vaec".utf8)))

    let removed = try make("uninstall", into: scratch)
    #expect(removed.code == 0, "\(removed.errors)")
    #expect(files(scratch).isEmpty)
  }
}
