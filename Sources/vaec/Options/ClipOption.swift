import ArgumentParser

/// How to treat values that the output format cannot hold.
struct ClipOption: ParsableArguments {
  @Flag(
    help:
      "Write the nearest value that the output format can hold, and 0 for NaN. (default: error)"
  )
  var clip = false
}
