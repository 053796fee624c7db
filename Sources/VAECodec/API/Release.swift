/// The release that this is.
package enum Release {
  /// The version of program and libraries.
  package static let version = "0.1.0"
}
