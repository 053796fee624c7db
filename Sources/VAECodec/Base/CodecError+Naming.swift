import ByteIO
import Container

/// Runs `body`, and says of its errors which file they concern.
package func withFileContext<R>(_ name: String, _ body: () throws(ByteIOError) -> R) throws(CodecError) -> R {
  do throws(ByteIOError) {
    return try body()
  } catch {
    throw .bytes(error, name: name)
  }
}

/// Runs `body`, and says of its errors which file of streams they concern.
func withFileContext<R>(_ name: String, _ body: () throws(StreamError) -> R) throws(CodecError) -> R {
  do throws(StreamError) {
    return try body()
  } catch {
    throw .stream(error, name: name)
  }
}
