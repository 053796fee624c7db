// swift-tools-version: 6.1
import PackageDescription

// What tests of the upper rooms look into.
let below: [Target.Dependency] = [
  "ByteIO", "Records", "EntropyCoding", "Container", "Tensor", "VAEModel", "Transform", "Training",
]

let package = Package(
  name: "vaec",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "VAECodec", targets: ["VAECodec"]),
    // libvaec for C and Python, with include/vaec.h. Installed as libvaec: a product may not have the program's name.
    .library(name: "VaecLibrary", type: .dynamic, targets: ["CLibrary"]),
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
    // SHA-256, by which models are named. swift-crypto has it too, and takes 40 % of the time of a cold build.
    .systemLibrary(
      name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"]), .brew(["openssl@3"])]),
    .target(name: "CKernels"),

    // The rooms, from the ground up; ARCHITECTURE.md says what each is for, and Tests/Imports holds their doors.
    // Bytes in and out: gzip and zstd serve most rooms, and each C library is wrapped once.
    .target(
      name: "ByteIO",
      dependencies: [
        "CZstd", "CZlib", .target(name: "COpenSSL", condition: .when(platforms: [.linux])),
        .product(name: "SystemPackage", package: "swift-system"),
      ]),
    .target(name: "Tensor", dependencies: ["CKernels"]),
    .target(name: "Records", dependencies: ["ByteIO"]),
    .target(name: "EntropyCoding", dependencies: ["ByteIO", "CKernels"]),
    .target(name: "Container", dependencies: ["ByteIO", "EntropyCoding"]),
    .target(name: "VAEModel", dependencies: ["ByteIO", "CKernels", "EntropyCoding", "Tensor"]),
    .target(name: "Transform", dependencies: ["CKernels", "Tensor", "VAEModel"]),
    .target(name: "Training", dependencies: ["ByteIO", "CKernels", "Tensor", "VAEModel", "Transform"]),
    .target(
      name: "VAECodec",
      dependencies: [
        "ByteIO", "CKernels", "Records", "EntropyCoding", "Container", "Tensor", "VAEModel", "Transform",
        "Training",
      ]),
    // What an evaluation found, as a page for browsers.
    .target(name: "Report", dependencies: ["VAECodec", "Records", "ByteIO"]),
    // The functions of include/vaec.h.
    .systemLibrary(name: "CVaec", path: "include"),
    .target(
      name: "CLibrary",
      dependencies: ["CVaec", "VAECodec", "ByteIO", "Records"]),
    .executableTarget(
      name: "vaec",
      dependencies: [
        "VAECodec", "Report", "ByteIO", "Records",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),

    .testTarget(
      name: "ByteIOTests", dependencies: ["ByteIO", .product(name: "SystemPackage", package: "swift-system")]),
    .testTarget(name: "RecordsTests", dependencies: ["Records", "ByteIO"]),
    .testTarget(name: "CKernelsTests", dependencies: ["CKernels"]),
    .testTarget(
      name: "ModelTests", dependencies: ["Tensor", "VAEModel", "Transform", "Training", "ByteIO", "CKernels"]),
    .testTarget(name: "StreamTests", dependencies: ["EntropyCoding", "Container", "ByteIO"]),
    .testTarget(name: "VAECodecTests", dependencies: below + ["VAECodec"]),
    .testTarget(name: "CLibraryTests", dependencies: ["CLibrary", "CVaec"]),
    // Programs as users write them: they import the library alone.
    .testTarget(name: "ExampleTests", dependencies: ["VAECodec"]),
    .testTarget(name: "ReportTests", dependencies: below + ["Report", "VAECodec"]),
    .testTarget(
      name: "CommandTests", dependencies: below + ["vaec", "VAECodec"]),
    // The fuzzer's targets on their seeds and findings. The fuzzer itself is a package of its own, Tests/Fuzz.
    .testTarget(
      name: "FuzzTests", dependencies: below + ["VAECodec"], path: "Tests/Fuzz/Targets"),
  ],
  swiftLanguageModes: [.v6]
)
