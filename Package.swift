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
    // The fuzzer's targets on their seeds and findings. The fuzzer itself is a package of its own, Tests/Fuzz.
    .testTarget(
      name: "FuzzTests", dependencies: ["VAECodec", "SampleIO", "ByteIO", "CodeStream", "VAE"],
      path: "Tests/Fuzz/Targets"),
  ],
  swiftLanguageModes: [.v6]
)
