import ByteIO
import Container

/// Runs `body`, and adds the file name to its errors.
package func withFileContext<R>(_ name: String, _ body: () throws(ByteIOError) -> R) throws(CodecError) -> R {
  do throws(ByteIOError) {
    return try body()
  } catch {
    throw .bytes(error, name: name)
  }
}

/// Runs `body`, and adds the name of the stream file to its errors.
func withFileContext<R>(_ name: String, _ body: () throws(StreamError) -> R) throws(CodecError) -> R {
  do throws(StreamError) {
    return try body()
  } catch {
    throw .stream(error, name: name)
  }
}
