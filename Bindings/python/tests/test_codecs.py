import os
import subprocess
import sys
import textwrap

import numpy as np
import pytest

import vaec

numcodecs = pytest.importorskip("numcodecs")
zarr = pytest.importorskip("zarr", minversion="3")
from vaec.numcodecs import Vaec  # noqa: E402
from vaec.zarr import VaecCodec  # noqa: E402

WALK = np.cumsum(np.random.default_rng(0).normal(size=(200, 50)), 0)


@pytest.mark.parametrize("codec", [Vaec(), Vaec(0.01), Vaec("rel:1%"), Vaec("0.1%", effort=0), Vaec(psnr=50)])
def test_a_codec_keeps_its_promise_and_its_config(codec):
    back = codec.decode(codec.encode(WALK))
    assert back.dtype == WALK.dtype and back.shape == WALK.shape
    assert np.allclose(back, WALK, rtol=0.01, atol=0.5 if codec.get_config().get("psnr") else 0.08)
    if len(codec.get_config()) == 1:
        assert (back == WALK).all()
    again = numcodecs.get_codec(codec.get_config())
    assert again == codec and again.encode(WALK) == codec.encode(WALK)


def test_flat_buffers():
    codec = Vaec(0.01)
    assert bytes(codec.decode(codec.encode(b"these are no numbers"))) == b"these are no numbers"
    typed = Vaec(0.01, dtype="<f8")
    assert abs(typed.decode(typed.encode(WALK.tobytes())) - WALK.ravel()).max() <= 0.01
    out = np.empty(WALK.nbytes, np.uint8)
    Vaec().decode(Vaec().encode(WALK), out=out)
    assert (out.view("f8") == WALK.ravel()).all()


def test_bad_options():
    for wrong in ({"max_error": 1, "psnr": 3}, {"quality": 50}, {"effort": 11}, {"model": "0" * 32, "store_model": "config"}):
        with pytest.raises(ValueError):
            Vaec(**wrong)


def test_a_store_is_read_by_another_process_by_entry_point(tmp_path, model, bumps):
    stored = dict(shape=bumps.shape, chunks=(100, 16), dtype=bumps.dtype, compressors=None)
    zarr.create_array(tmp_path / "a.zarr", serializer=VaecCodec(0.01), **stored)[:] = bumps
    own = VaecCodec(quality=60, model=model, store_model="config")
    zarr.create_array(tmp_path / "b.zarr", serializer=own, **stored)[:] = bumps
    zarr.create_array(tmp_path / "c.zarr", serializer=VaecCodec(quality=60, model=model), **stored)[:] = bumps
    two = dict(stored, compressors=Vaec(0.01), zarr_format=2)
    zarr.create_array(tmp_path / "d.zarr", **two)[:] = bumps
    model.save(tmp_path / f"{model.fingerprint}.vae")
    # What an installation writes.
    info = tmp_path / "site" / "vaec-0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: vaec-entry\nVersion: 0\n")
    (info / "entry_points.txt").write_text(
        "[numcodecs.codecs]\nvaec = vaec.numcodecs:Vaec\n[zarr.codecs]\nvaec = vaec.zarr:VaecCodec\n"
    )
    script = """
        import sys, numpy as np, zarr
        np.save(sys.argv[2], [zarr.open_array(f"{sys.argv[1]}/{name}.zarr", mode="r")[:] for name in "abcd"])
        assert "vaec" in sys.modules
    """
    paths = [str(tmp_path / "site"), os.path.dirname(os.path.dirname(vaec.__file__)), os.environ.get("PYTHONPATH", "")]
    environment = dict(os.environ, PYTHONPATH=os.pathsep.join(paths), VAEC_MODEL_PATH=str(tmp_path))
    command = [sys.executable, "-c", textwrap.dedent(script), str(tmp_path), str(tmp_path / "back.npy")]
    subprocess.run(command, env=environment, check=True)
    for array, bound in zip(np.load(tmp_path / "back.npy"), (0.01, 0.2, 0.2, 0.01)):
        assert abs(array - bumps).max() <= bound


def test_a_model_that_is_not_there(tmp_path, model, bumps, monkeypatch):
    monkeypatch.delenv("VAEC_MODEL_PATH", raising=False)
    path = tmp_path / "x.zarr"
    array = zarr.create_array(
        path, shape=bumps.shape, chunks=(100, 16), dtype="f4", serializer=VaecCodec(quality=60, model=model),
        compressors=None,
    )  # fmt: skip
    array[:] = bumps
    with pytest.raises(ValueError, match="VAEC_MODEL_PATH"):
        zarr.open_array(path, mode="r")[:]


def test_chunks_of_other_types_are_exact():
    for dtype in ("i2", "u1", "b1", "i8", "M8[s]", "c8"):
        array = (np.arange(60) % 2).astype(dtype).reshape(6, 10)
        codec = Vaec(None if array.dtype.kind in "iuc" else 0.5)
        assert (codec.decode(codec.encode(array)) == array).all()


def test_xarray_to_zarr_and_back(tmp_path):
    xarray = pytest.importorskip("xarray")
    data = xarray.Dataset({"t": (("time", "place"), WALK)})
    data.to_zarr(tmp_path / "x.zarr", encoding={"t": {"serializer": VaecCodec(0.01), "compressors": None}})
    with xarray.open_zarr(tmp_path / "x.zarr") as back:
        assert abs(back.t.values - WALK).max() <= 0.01
