// swift-tools-version: 6.1
import PackageDescription

let package = Package(
  name: "vaec",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "VAECodec", targets: ["VAECodec"]),
    .executable(name: "vaec", targets: ["vaec"]),
  ],
  dependencies: [
    // The command line: parsing, help, completions and exit code 64 for wrong usage.
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    // File descriptors with typed errors that retry when a signal interrupts.
    .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
  ],
  targets: [
    .systemLibrary(
      name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"]), .brew(["zstd"])]),
    .systemLibrary(
      name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
    .target(name: "CKernels"),

    // Bytes in and out. Not in the first design: gzip and zstd serve SampleIO, VAE and CodeStream
    // alike, and each C library is to be wrapped once.
    .target(
      name: "ByteIO",
      dependencies: ["CZstd", "CZlib", .product(name: "SystemPackage", package: "swift-system")]),

    .target(name: "SampleIO", dependencies: ["ByteIO"]),
    .target(name: "VAE", dependencies: ["ByteIO", "CKernels"]),
    .target(name: "CodeStream", dependencies: ["ByteIO"]),
    .target(name: "VAECodec", dependencies: ["ByteIO", "SampleIO", "VAE", "CodeStream"]),
    // What an evaluation found, as a page for browsers.
    .target(name: "Report", dependencies: ["VAECodec", "SampleIO", "ByteIO"]),
    .executableTarget(
      name: "vaec",
      dependencies: [
        "VAECodec", "Report", "VAE", "ByteIO", "SampleIO",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),

    .testTarget(
      name: "ByteIOTests", dependencies: ["ByteIO", .product(name: "SystemPackage", package: "swift-system")]),
    .testTarget(name: "SampleIOTests", dependencies: ["SampleIO", "ByteIO"]),
    .testTarget(name: "CKernelsTests", dependencies: ["CKernels"]),
    .testTarget(name: "VAETests", dependencies: ["VAE", "ByteIO", "CKernels"]),
    .testTarget(name: "CodeStreamTests", dependencies: ["CodeStream", "ByteIO"]),
    .testTarget(
      name: "VAECodecTests", dependencies: ["VAECodec", "SampleIO", "ByteIO", "CodeStream", "VAE"]),
    // Programs as users write them: they import the library alone.
    .testTarget(name: "ExampleTests", dependencies: ["VAECodec"]),
    .testTarget(name: "ReportTests", dependencies: ["Report", "VAECodec", "SampleIO", "ByteIO", "VAE"]),
    .testTarget(
      name: "CommandTests", dependencies: ["vaec", "VAECodec", "VAE", "CodeStream", "SampleIO", "ByteIO"]),
  ],
  swiftLanguageModes: [.v6]
)

// The entry points of fuzzing are a fuzzer with VAEC_FUZZER set (see `make fuzz`), and a test target that runs them on what
// is known without it: two targets cannot share their files.
let fuzzed: [Target.Dependency] = ["VAECodec", "SampleIO", "ByteIO", "CodeStream", "VAE"]
if Context.environment["VAEC_FUZZER"] != nil {
  package.targets += [
    .target(name: "CFuzzer", path: "Tests/Fuzz/CFuzzer"),
    .executableTarget(
      name: "Fuzzer", dependencies: fuzzed + ["CFuzzer"], path: "Tests/Fuzz",
      exclude: ["CFuzzer", "Findings", "Replay"], sources: ["Targets", "Driver"],
      linkerSettings: [.unsafeFlags(["-sanitize=fuzzer", "-Xclang-linker", "-fuse-ld=lld"])]),
  ]
  for target in package.targets where target.type == .regular || target.type == .executable {
    target.swiftSettings = [.unsafeFlags(["-sanitize=fuzzer"])]
    target.cSettings = [.unsafeFlags(["-fsanitize=fuzzer-no-link"])]
  }
} else {
  package.targets += [
    .testTarget(
      name: "FuzzTests", dependencies: fuzzed, path: "Tests/Fuzz",
      exclude: ["CFuzzer", "Driver", "Findings"],
      sources: ["Targets", "Replay"])
  ]
}

// With VAEC_TESTS set to names of test targets, these and the library alone: builds with sanitizers take no longer than they
// must.
if let tests = Context.environment["VAEC_TESTS"]?.split(separator: " ").map(String.init) {
  package.targets.removeAll { $0.type == .test && !tests.contains($0.name) }
  if !tests.contains("CommandTests") {
    package.targets.removeAll { $0.name == "vaec" }
    package.products.removeAll { $0.name == "vaec" }
    package.dependencies.removeFirst()
  }
}

// What tests spend is spent in the sources: optimizing tests takes longer than it saves.
for target in package.targets where target.type == .test {
  target.swiftSettings = [.unsafeFlags(["-Onone"])]
}
