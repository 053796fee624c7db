// swift-tools-version: 6.1
import PackageDescription

// The fuzzer, apart from the library: instrumentation takes unsafe flags, which no package that others depend on may have.
// `make fuzz` builds it with the flags of the sources; the main package replays its targets as a test.
let package = Package(
  name: "Fuzz",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "vaec", path: "../..")],
  targets: [
    .target(name: "CFuzzer", path: "CFuzzer"),
    // It imports modules below the library as well, which are built with it.
    .executableTarget(
      name: "Fuzzer", dependencies: ["CFuzzer", .product(name: "VAECodec", package: "vaec")], path: ".",
      exclude: ["CFuzzer", "Findings", "Targets/Replay"], sources: ["Targets", "Driver"],
      linkerSettings: [.unsafeFlags(["-sanitize=fuzzer", "-Xclang-linker", "-fuse-ld=lld"])]),
  ],
  swiftLanguageModes: [.v6]
)
