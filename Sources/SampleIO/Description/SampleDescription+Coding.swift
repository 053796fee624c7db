import ByteIO

extension SampleDescription {
  /// Appends the description, without ``rows``, in a compact form for the headers of streams.
  public func encode(into writer: inout ByteWriter) { fatalError("to come") }

  /// Reads what ``encode(into:)`` wrote. Throws `badDescription` or `badShape` for anything else.
  public init(from reader: inout ByteReader) throws(SampleIOError) { fatalError("to come") }
}
