import os
import subprocess
import sys

import numpy as np
import pytest

import vaec
from vaec import _files
from vaec.__main__ import main


def run(*arguments):
    with pytest.raises(SystemExit) as end:
        main([str(argument) for argument in arguments])
    return end.value.code


@pytest.fixture
def array():
    return (np.add.outer(np.arange(60), np.arange(24)) % 50).astype(np.int16)


def written(tmp_path, kind, array):
    path = str(tmp_path / f"x.{kind}")
    if kind == "npz":
        np.savez(path, x=array, y=array + 1)
    elif kind == "h5":
        with pytest.importorskip("h5py").File(path, "w") as file:
            file["group/x"] = array
    elif kind == "nc":
        xarray = pytest.importorskip("xarray")
        pytest.importorskip("netCDF4")
        xarray.Dataset({"x": (("a", "b"), array)}).to_netcdf(path)
    elif kind == "zarr":
        zarr = pytest.importorskip("zarr", minversion="3")
        zarr.create_array(path, name="x", shape=array.shape, dtype=array.dtype)[:] = array
    return path


@pytest.mark.parametrize("kind, part", [("npz", ":x"), ("h5", ":/group/x"), ("h5", ""), ("nc", ":x"), ("nc", ""), ("zarr", ":x")])
def test_arrays_in_files_of_others(tmp_path, array, kind, part, capsys):
    path = written(tmp_path, kind, array)
    assert run("pack", "--epochs", 2, path + part, "-o", tmp_path / "x.vaec") == 0
    assert "ratio" in capsys.readouterr().out
    assert (vaec.decode(tmp_path / "x.vaec") == array).all()
    for suffix in ("npy", kind + ":there" if kind != "npy" else kind):
        assert run("decode", tmp_path / "x.vaec", "-o", tmp_path / f"back.{suffix}") == 0
    assert (np.asarray(np.load(tmp_path / "back.npy")) == array).all()
    assert (_files.read(_files.Place.parse(str(tmp_path / f"back.{kind}:there"))) == array).all()


@pytest.mark.parametrize("kind", ["parquet", "feather"])
def test_tables_in_files_of_others(tmp_path, table, kind):
    pyarrow = pytest.importorskip("pyarrow")
    import pyarrow.feather
    import pyarrow.parquet

    writers = {"parquet": pyarrow.parquet.write_table, "feather": pyarrow.feather.write_feather}
    path = tmp_path / f"x.{kind}"
    writers[kind](table, path)
    assert run("fit", path, "-o", tmp_path / "x.vae", "--epochs", 2, "--quiet") == 0
    assert run("encode", "-m", tmp_path / "x.vae", "--lossless", path, "--quiet") == 0
    assert run("decode", "-m", tmp_path / "x.vae", f"{path}.vaec") == 1
    assert run("decode", "-f", "-m", tmp_path / "x.vae", f"{path}.vaec") == 0
    back = _files.read(_files.Place.parse(str(path)))
    assert back.drop_columns("gap").equals(table.drop_columns("gap"))
    assert run("decode", "-m", tmp_path / "x.vae", "--rows", "5:9", f"{path}.vaec", "-o", tmp_path / "p.csv") == 0
    assert len((tmp_path / "p.csv").read_text().splitlines()) == 5


def test_sounds_and_images(tmp_path, array):
    soundfile = pytest.importorskip("soundfile")
    sound = (1000 * np.sin(np.arange(4000) / 9)).astype(np.int16)
    soundfile.write(tmp_path / "x.wav", sound, 8000)
    assert run("pack", tmp_path / "x.wav", "--quiet", "--epochs", 2) == 0
    assert (vaec.decode(tmp_path / "x.wav.vaec") == sound).all()
    image = pytest.importorskip("PIL.Image")
    (tmp_path / "images").mkdir()
    for number in range(20):
        image.fromarray((array + number).astype(np.uint8)).save(tmp_path / "images" / f"{number:02}.png")
    assert run("pack", tmp_path / "images", "--quiet", "--epochs", 2, "-o", tmp_path / "i.vaec") == 0
    back = vaec.decode(tmp_path / "i.vaec")
    assert back.shape == (20, 60, 24) and (back[3] == (array + 3).astype(np.uint8)).all()


def test_bad_input_is_one_line_and_a_code(tmp_path, array, capsys):
    np.savez(tmp_path / "x.npz", x=array)
    cases = [
        (["pack", tmp_path / "no.parquet"], 1, "no such file"),
        (["pack", f"{tmp_path}/x.npz:z", "-o", tmp_path / "o"], 1, "x.npz:z"),
        (["encode", tmp_path / "x.npz"], 1, "-m"),
        (["pack", "--max-error", "1", "--lossless", tmp_path / "x.npz"], 64, "not allowed"),
        (["pack", "--size", "many", tmp_path / "x.npz"], 64, "512MiB"),
        (["decode", tmp_path / "x.npz"], 1, "-o"),
        (["decode", tmp_path / "x.npz", "-o", tmp_path / "y.npy"], 1, "not a vaec stream"),
        (["fit", tmp_path / "x.npz"], 1, "-o"),
    ]
    for arguments, code, text in cases:
        assert run(*arguments) == code, arguments
        error = capsys.readouterr().err
        assert text in error and "Traceback" not in error
    assert sorted(os.listdir(tmp_path)) == ["x.npz"]
    (tmp_path / "x.npz.vaec").write_text("old")
    assert run("pack", tmp_path / "x.npz") == 1 and (tmp_path / "x.npz.vaec").read_text() == "old"


def test_python_runs_the_package(tmp_path):
    done = subprocess.run([sys.executable, "-m", "vaec", "--help"], capture_output=True, text=True)
    assert done.returncode == 0 and ".parquet" in done.stdout
