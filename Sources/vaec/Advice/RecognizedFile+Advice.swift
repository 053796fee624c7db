import Records

extension RecognizedFile {
  /// How to make its samples readable; nil if they already are.
  var remedy: String? {
    switch self {
    case .npy, .npz, .gzip, .zstd: nil
    case .model: "pass it with -m, and name data to read"
    case .stream: "decode it first: vaec decode"
    case .hdf5: Self.module("FILE.h5:/path or FILE.nc:variable")
    case .netCDF: Self.module("FILE.nc:variable")
    case .parquet, .arrow: Self.module("FILE")
    case .matlab73: Self.python("h5py.File(FILE)[NAME][()]")
    case .matlab: Self.python("scipy.io.loadmat(FILE)[NAME]")
    case .pickle: Self.python("numpy.load(FILE, allow_pickle=True)")
    case .fits: Self.python("astropy.io.fits.getdata(FILE)")
    case .nifti: Self.python("nibabel.load(FILE).get_fdata()")
    case .grib: Self.python("xarray.open_dataset(FILE, engine='cfgrib')[NAME]")
    case .sqlite: "write the query's result as CSV (sqlite3 -csv)"
    case .office, .oldOffice: "save the sheet as CSV"
    case .zip: Self.unpack
    case .emptyZip: "get a fresh copy"
    case .bzip2: "decompress it first: bzip2 -dk"
    case .xz: "decompress it first: xz -dk"
    case .lz4: "decompress it first: lz4 -dk"
    case .sevenZip, .tar: Self.unpack
    case .wav, .flac: Self.module("FILE")
    case .png, .jpeg, .gif, .webP: Self.module("FOLDER")
    case .tiff: Self.python("tifffile.imread(FILE)")
    case .pdf, .program: "it holds no samples"
    }
  }

  private static let unpack = "unpack it first and name the file in it"

  private static func python(_ expression: String) -> String {
    "save its array as .npy first (Python: numpy.save('x.npy', \(expression)))"
  }

  /// The way through the package for Python.
  private static func module(_ argument: String) -> String {
    "the Python package reads it: python -m vaec pack \(argument)"
  }
}

extension ForeignText {
  /// How to turn `file` into a table of numbers.
  func remedy(_ file: String) -> String {
    switch self {
    case .json:
      "convert it: jq -r '.[] | @csv' \(file) > NEW.csv (jq -r 'map(.) | @csv' for lines of objects)"
    case .matrixMarket: "read it with scipy.io.mmread and save the array with numpy.save"
    }
  }
}
