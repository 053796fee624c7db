import ArgumentParser

/// Whether to measure the error of the output.
struct MeasureOption: ParsableArguments {
  @Flag(help: "Do not measure RMSE, PSNR and maximum error.")
  var noMeasure = false
}
