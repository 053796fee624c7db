import ByteIO
import Testing

@testable import Records

/// Files of other formats are named, with the way out, and not read as something that they are not.
@Suite("recognized files")
struct RecognizedFileTests {
  @Test(
    "files of other formats are named by their content, whatever they are called",
    arguments: [
      ("HDF5", [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0]),
      ("NetCDF", [0x43, 0x44, 0x46, 1, 0, 0]), ("Parquet", [0x50, 0x41, 0x52, 0x31, 0x15, 4]),
      ("Arrow", Array("ARROW1\0\0".utf8)), ("MATLAB", Array("MATLAB 5.0 MAT-file, Platform".utf8)),
      ("pickle", [0x80, 4, 0x95, 1, 2]), ("zip", Array("PK\u{3}\u{4}".utf8) + [20, 0, 0, 0]),
      ("bzip2", Array("BZh91AY&SY".utf8)), ("xz", [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0, 0]),
      ("WAV", Array("RIFF\u{1}\u{2}\u{3}\u{4}WAVEfmt ".utf8)),
      ("PNG", [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]), ("JPEG", [0xFF, 0xD8, 0xFF, 0xE0]),
      ("TIFF", Array("II*\0".utf8)), ("vaec model", Array("VAEM\u{1}\0\0\0".utf8)),
      ("vaec stream", [0x57, 0x2A, 0x4D, 0x18, 9, 0, 0, 0] + Array("VAEC\u{1}".utf8)),
    ] as [(String, [UInt8])])
  func named(kind: String, bytes: [UInt8]) throws {
    for name in ["x", "x.npy", "x.csv", "x.raw"] {
      let error = try #require(throws: SampleIOError.self) {
        try SampleInput.open(MemorySource(bytes + [UInt8](repeating: 7, count: 600)), name: name)
      }
      #expect(error.description.hasPrefix("\(name): is a"), "\(error)")
      #expect(error.description.contains(kind), "\(error)")
    }
  }

  @Test("text is not taken for a format whose magic is letters, and npy is read")
  func others() throws {
    for text in ["PAR1,PAR2\n1,2\n", "GRIB,x\n1,2\n", "CDF,BZh\n1,2\n", "fLaC,RIFF\n1,2\n"] {
      #expect(
        try SampleInput.open(MemorySource(Array(text.utf8)), name: "x.csv").description.valuesPerSample == 2)
    }
    #expect(RecognizedFile(Array("1,2\n".utf8)[...]) == nil && RecognizedFile([]) == nil)
    #expect(RecognizedFile(([0x93] + Array("NUMPY\u{1}".utf8))[...])?.isReadable == true)
  }

  @Test("--format raw reads anything")
  func raw() throws {
    let options = ReadOptions(format: .raw, elementType: .u1, shape: [1])
    let reader = try SampleInput.open(MemorySource([0xFF, 0xD8, 0xFF]), name: "x", options: options)
    #expect(try reader.read(maxRows: 9)?.rows == 3)
  }
}
