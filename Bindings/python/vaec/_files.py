"""Files of other formats, by the packages that read them: what ``python -m vaec`` takes."""

from __future__ import annotations

import importlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable, Optional

import numpy as np

from ._model import write_file
from ._table import Table

_IMAGES = {".png", ".jpg", ".jpeg", ".gif", ".bmp", ".tif", ".tiff", ".webp"}


def _need(module: str, extra: str) -> Any:
    try:
        return importlib.import_module(module)
    except ImportError as reason:
        package = {"PIL": "pillow"}.get(module.split(".")[0], module.split(".")[0])
        raise ValueError(f"{package} is needed for such files: pip install {package} (or vaec[{extra}])") from reason


@dataclass(frozen=True)
class Place:
    """A file, and what is meant in it: ``weather.nc:temperature``, ``run.h5:/group/array``."""

    path: str
    part: Optional[str] = None

    @classmethod
    def parse(cls, text: str) -> Place:
        for suffix in (".h5", ".hdf5", ".hdf", ".nc", ".nc4", ".zarr", ".npz"):
            at = text.lower().find(suffix + ":")
            if at >= 0:
                return cls(text[: at + len(suffix)], text[at + len(suffix) + 1 :] or None)
        return cls(text)

    @property
    def suffix(self) -> str:
        return Path(self.path).suffix.lower()

    def __str__(self) -> str:
        return self.path if self.part is None else f"{self.path}:{self.part}"


def read(place: Place) -> Any:
    """The array or table of a file; a path for files that the library reads itself.

    Raises:
        ValueError: a package is missing, or the file has several arrays and none is named.
        OSError: the file cannot be read.
    """
    if os.path.isdir(place.path) and place.suffix != ".zarr":
        return _images(place)
    if not os.path.exists(place.path):
        raise FileNotFoundError(2, f"{place.path}: cannot open: no such file or directory")
    reader = _READERS.get(place.suffix)
    if reader is None:
        return place.path
    try:
        return reader(place)
    except (KeyError, RuntimeError) as reason:
        raise ValueError(f"{place}: {reason.args[0] if reason.args else reason}") from reason


def _named(place: Place, names: list[str], what: str) -> str:
    if place.part is not None:
        return place.part
    if len(names) == 1:
        return names[0]
    listed = ", ".join(sorted(names)[:8]) or "none"
    raise ValueError(f"{place.path}: name one of its {what}s, as in {place.path}:NAME ({listed})")


def _parquet(place: Place) -> Any:
    return _need("pyarrow.parquet", "tables").read_table(place.path)


def _feather(place: Place) -> Any:
    return _need("pyarrow.feather", "tables").read_table(place.path)


def _hdf5(place: Place) -> np.ndarray:
    h5py = _need("h5py", "files")
    with h5py.File(place.path, "r") as file:
        names: list[str] = []
        file.visititems(lambda name, item: names.append("/" + name) if isinstance(item, h5py.Dataset) else None)
        return file[_named(place, names, "array")][()]


def _netcdf(place: Place) -> np.ndarray:
    xarray = _need("xarray", "files")
    with xarray.open_dataset(place.path, mask_and_scale=False, decode_times=False) as data:
        return data[_named(place, [str(name) for name in data.data_vars], "variable")].values


def _zarr(place: Place) -> np.ndarray:
    found = _need("zarr", "files").open(place.path, mode="r")
    if not hasattr(found, "shape"):
        found = found[_named(place, [name for name, _ in found.arrays()], "array")]
    return found[...]


def _npz(place: Place) -> Any:
    if place.part is None:
        return place.path
    with np.load(place.path, allow_pickle=False) as file:
        return file[place.part]


def _wav(place: Place) -> np.ndarray:
    soundfile = _need("soundfile", "files")
    with soundfile.SoundFile(place.path) as file:
        kind = {"PCM_16": "int16", "PCM_S8": "int16", "PCM_U8": "int16", "FLOAT": "float32"}.get(file.subtype)
        return file.read(dtype=kind or ("int32" if file.subtype.startswith("PCM") else "float64"))


def _images(place: Place) -> np.ndarray:
    image = _need("PIL.Image", "files")
    files = sorted(file for file in Path(place.path).iterdir() if file.suffix.lower() in _IMAGES)
    if not files:
        raise ValueError(f"{place.path}: a folder without images")
    arrays = []
    for file in files:
        with image.open(file) as opened:
            arrays.append(np.asarray(opened if opened.mode != "P" else opened.convert("RGB")))
        if arrays[-1].shape != arrays[0].shape:
            raise ValueError(f"{file}: an image of {arrays[-1].shape}, but {files[0].name} has {arrays[0].shape}")
    return np.stack(arrays)


_READERS: dict[str, Callable[[Place], Any]] = {
    ".parquet": _parquet, ".pq": _parquet, ".feather": _feather, ".arrow": _feather, ".h5": _hdf5, ".hdf5": _hdf5,
    ".hdf": _hdf5, ".nc": _netcdf, ".nc4": _netcdf, ".zarr": _zarr, ".npz": _npz, ".wav": _wav, ".flac": _wav,
}  # fmt: skip


def write(place: Place, samples: Any, overwrite: bool) -> None:
    """Writes decoded samples in the format of a file's suffix, whole or not at all."""
    writer = _WRITERS.get(place.suffix)
    if writer is None:
        raise ValueError(f"{place}: cannot write {place.suffix or 'a file without a suffix'}; {_WRITTEN}")
    if os.path.exists(place.path) and not overwrite:
        raise FileExistsError(17, f"{place.path}: already exists; pass -f to replace it")
    part = f"{place.path}.{os.getpid()}.part{place.suffix}"
    try:
        writer(Place(part, place.part), samples)
        if os.path.isdir(place.path):
            import shutil

            shutil.rmtree(place.path)
        os.replace(part, place.path)
    except BaseException:
        import shutil

        shutil.rmtree(part, ignore_errors=True)
        if os.path.exists(part):
            os.unlink(part)
        raise


def _table(place: Place, samples: Any) -> Any:
    if isinstance(samples, np.ndarray):
        raise ValueError(f"{place.path}: the samples are an array, which {place.suffix} does not hold; {_WRITTEN}")
    return samples.to_pyarrow() if isinstance(samples, Table) else samples


def _array(place: Place, samples: Any) -> np.ndarray:
    if not isinstance(samples, np.ndarray):
        raise ValueError(f"{place.path}: the samples are a table, which {place.suffix} does not hold; {_WRITTEN}")
    return samples


def _write_parquet(place: Place, samples: Any) -> None:
    _need("pyarrow.parquet", "tables").write_table(_table(place, samples), place.path)


def _write_feather(place: Place, samples: Any) -> None:
    _need("pyarrow.feather", "tables").write_feather(_table(place, samples), place.path)


def _write_hdf5(place: Place, samples: Any) -> None:
    with _need("h5py", "files").File(place.path, "w") as file:
        file[place.part or "data"] = _array(place, samples)


def _write_netcdf(place: Place, samples: Any) -> None:
    array = _array(place, samples)
    xarray = _need("xarray", "files")
    name = place.part or "data"
    xarray.Dataset({name: ([f"axis{axis}" for axis in range(array.ndim)], array)}).to_netcdf(place.path)


def _write_zarr(place: Place, samples: Any) -> None:
    zarr, array = _need("zarr", "files"), _array(place, samples)
    made = zarr.create_array(place.path, name=place.part, shape=array.shape, dtype=array.dtype)
    made[...] = array


def _write_npz(place: Place, samples: Any) -> None:
    np.savez_compressed(place.path, **{place.part or "data": _array(place, samples)})


def _write_npy(place: Place, samples: Any) -> None:
    np.save(place.path, _array(place, samples), allow_pickle=False)


def _write_csv(place: Place, samples: Any) -> None:
    if isinstance(samples, Table) and not samples.has_schema:
        write_file(place.path, samples.csv, overwrite=True)
    else:
        _need("pyarrow.csv", "tables").write_csv(_table(place, samples), place.path)


_WRITERS: dict[str, Callable[[Place, Any], None]] = {
    ".parquet": _write_parquet, ".pq": _write_parquet, ".feather": _write_feather, ".arrow": _write_feather,
    ".h5": _write_hdf5, ".hdf5": _write_hdf5, ".hdf": _write_hdf5, ".nc": _write_netcdf, ".nc4": _write_netcdf,
    ".zarr": _write_zarr, ".npz": _write_npz, ".npy": _write_npy, ".csv": _write_csv,
}  # fmt: skip
_WRITTEN = "name one of .npy .npz .csv .parquet .feather .h5 .nc .zarr"
