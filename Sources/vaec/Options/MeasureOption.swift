import ArgumentParser

/// Whether the error of what is written is measured.
struct MeasureOption: ParsableArguments {
  @Flag(help: "Do not measure RMSE, PSNR and maximum error.")
  var noMeasure = false
}
