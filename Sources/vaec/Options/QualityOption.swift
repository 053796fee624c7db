import ArgumentParser

/// A quality: 0 ... 100.
func parseQuality(_ text: String) throws -> Double {
  guard let quality = Double(text), quality >= 0, quality <= 100 else {
    throw ValidationError("give a number from 0 to 100.")
  }
  return quality
}
