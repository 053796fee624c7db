/// Runs `body`, and turns its errors about content into ``CodecError/notReadBack(name:reason:)``.
func readingBack<T>(_ name: String, _ body: () throws(CodecError) -> T) throws(CodecError) -> T {
  do throws(CodecError) {
    return try body()
  } catch {
    switch error {
    case .bytes(.system, _), .stream(.bytes(.system), _), .bytes(.cancelled, _): throw error
    default:
      let (text, prefix) = (error.description, "\(name): ")
      throw .notReadBack(
        name: name, reason: text.hasPrefix(prefix) ? String(text.dropFirst(prefix.count)) : text)
    }
  }
}
