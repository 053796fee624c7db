import ArgumentParser
import VAECodec

/// The command line of the program, with its subcommands.
struct VaecCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "vaec",
    abstract: "Compress arrays of samples with a model learned from them.",
    discussion: """
      Fit a model once to typical samples: images, sensor windows, records, embeddings, or any array whose \
      rows have one shape. Then encode other samples with it at the quality you choose, and decode them.

      EXAMPLES
        vaec fit old.npy -o model.vae                 learn a model
        vaec encode -m model.vae -q 60 new.npy        write new.npy.vaec
        vaec decode -m model.vae new.npy.vaec -o back.npy
        vaec eval -m model.vae new.npy                rate and distortion
        vaec check -m model.vae new.npy               does the model still fit?
        vaec pack new.npy --max-error 1%              model and codes in one file
        vaec encode -m model.vae < new.npy | vaec decode -m model.vae > back.npy

      vaec reads npy, npz, IDX, delimited text, fvecs, bvecs, ivecs and raw data; plain, .gz or .zst. The first axis \
      counts the samples. See vaec(1).

      EXIT STATUS
        0 success; 1 bad data or file; 2 a file needs too much memory;
        3 drift (check --fail-on-drift); 64 usage error
      """,
    version: "vaec \(version)",
    subcommands: [
      FitCommand.self, EncodeCommand.self, DecodeCommand.self, EvalCommand.self, InfoCommand.self,
      TestCommand.self, PackCommand.self, EmbedCommand.self, SampleCommand.self,
      InterpolateCommand.self, CheckCommand.self,
    ])

  @Flag(name: .customShort("V"), help: "Print the version.")
  var showsVersion = false

  @Flag(name: .customShort("d"), help: "Decode: vaec -d FILE is vaec decode FILE.")
  var decodes = false

  func run() throws {
    throw showsVersion ? CleanExit.message(Self.configuration.version) : CleanExit.helpRequest(self)
  }

  /// The program's version.
  static let version = Release.version
}
