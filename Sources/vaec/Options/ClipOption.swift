import ArgumentParser

/// What is done with values that the format to write cannot hold.
struct ClipOption: ParsableArguments {
  @Flag(
    help:
      "Where the format to write cannot hold a value, write the nearest that it can, and 0 for NaN. (default: an error)"
  )
  var clip = false
}
