import ArgumentParser

/// Whether the error of what is written is measured.
struct MeasureOption: ParsableArguments {
  @Flag(help: "Leave out RMSE, PSNR and the largest error of what is written.")
  var noMeasure = false
}
