import ArgumentParser

/// What is done with values that the format to write cannot hold.
struct ClipOption: ParsableArguments {
  @Flag(
    help:
      "Write the nearest value that the output format can hold, and 0 for NaN. (default: error)"
  )
  var clip = false
}
