import Testing

@testable import Training

@Suite("The time of a fit")
struct FitClockTests {
  @Test("without a limit, training has none, and time does not run out")
  func endless() {
    let clock = FitClock(seconds: nil)
    #expect(clock.trainingLimit(numbers: 1000) == nil && clock.left == nil && !clock.isOver)
  }

  @Test(
    "with a limit, much of it is kept for what follows training, but no more than half",
    arguments: [0.1, 2, 60, 3600])
  func limited(seconds: Double) throws {
    let clock = FitClock(seconds: seconds)
    var last = Double.infinity
    for numbers in [0, 1000, 1_000_000, 1_000_000_000] {
      let own = try #require(clock.trainingLimit(numbers: numbers))
      #expect(own >= 0.46 * seconds && own < seconds && own <= last)
      last = own
    }
    #expect(try #require(clock.left) <= seconds)
  }

  @Test("time runs out")
  func over() {
    let clock = FitClock(seconds: 0)
    #expect(clock.isOver && clock.trainingLimit(numbers: 10) == 0 && clock.trainingShare(numbers: 10) == 0.5)
  }

  @Test("stages follow one another up to the end", arguments: [nil, 5.0, 600])
  func stages(seconds: Double?) {
    let clock = FitClock(seconds: seconds)
    let starts = [FitProgress.Stage.layers, .sampler, .qualities].map {
      clock.progress($0, numbers: 100_000).fraction
    }
    #expect(starts == starts.sorted() && starts[0] == clock.trainingShare(numbers: 100_000))
    #expect((clock.progress(.qualities, share: 1, numbers: 100_000).fraction - 1).magnitude < 1e-12)
  }
}
