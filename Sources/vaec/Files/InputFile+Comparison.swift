import ByteIO
import Records
import VAECodec

extension InputFile {
  /// Whether exact samples reproduce the bytes of this input, which is read twice to find out.
  ///
  /// - Returns: the answer; and, where the input can be read only once, what gives a reader of the samples from the first on,
  ///   from a temporary file; and the bytes of the input.
  func comparison(
    _ source: FileSource, _ options: ReadOptions
  ) throws(CodecError) -> (
    ContentComparison, reopen: (() throws(CodecError) -> any SampleReader)?, fileBytes: Int
  ) {
    let isRepeatable = source.position != nil
    let store = try withFileContext(name) { () throws(ByteIOError) in try source.store() }
    do throws(SampleIOError) {
      let comparison = try ContentComparison(of: { StoreSource(store) }, name: name, options: options)
      guard !isRepeatable else { return (comparison, nil, store.size) }
      return (
        comparison,
        { () throws(CodecError) in
          do throws(SampleIOError) {
            return try SampleInput.open(StoreSource(store), name: self.name, options: options)
          } catch {
            throw .samples(error)
          }
        }, store.size
      )
    } catch {
      throw .samples(error)
    }
  }
}

extension ContentComparison {
  /// Prints a message if every value, but not every byte of a text, will come back.
  ///
  /// - Parameter removesInput: whether the text is to be removed; if so, this throws.
  func tell(_ console: Console, name: String, removesInput: Bool) throws(CommandError) {
    guard case .text(let difference) = self else { return }
    if removesInput { throw .textChanges(name: name, difference) }
    console.note(
      "vaec: \(name): every value comes back exactly (as binary64), but not every byte of the text: \(difference); "
        + "keep the file")
  }
}
