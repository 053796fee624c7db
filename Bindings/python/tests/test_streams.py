import numpy as np
import pytest

import vaec


@pytest.fixture(scope="module")
def path(tmp_path_factory, bumps, model):
    path = tmp_path_factory.mktemp("streams") / "bumps.vaec"
    path.write_bytes(model.encode(bumps, quality=70, chunk_rows=100))
    return path


def test_rows_are_read_as_of_an_array(path, model):
    whole = vaec.decode(path, model)
    with vaec.open(path, model) as stream:
        assert len(stream) == 800 and stream.shape == (800, 16) and stream.dtype == np.float32
        for rows in [slice(500, 510), slice(295, 305), slice(-5, None), slice(5, 5), slice(0, 700, 7), slice(9, 2, -1)]:
            assert (stream[rows] == whole[rows]).all() and stream[rows].shape == whole[rows].shape
        assert (stream[7] == whole[7]).all() and (stream[-1, 3:5] == whole[-1, 3:5]).all()
        assert (stream[10:20, ::2] == whole[10:20, ::2]).all() and (np.asarray(stream) == whole).all()
        with pytest.raises(IndexError):
            stream[800]
        with pytest.raises(TypeError):
            stream["a"]
    with pytest.raises(ValueError):
        stream[0:3]


def test_a_part_reads_the_chunks_it_needs(path, model, tmp_path):
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 255
    stream = vaec.open(bytes(data), model)
    assert stream[:100].shape == (100, 16)
    with pytest.raises(vaec.DamagedError):
        stream[:]


def test_models_are_found_by_fingerprint(path, model, tmp_path, monkeypatch):
    monkeypatch.delenv("VAEC_MODEL_PATH", raising=False)
    with pytest.raises(ValueError, match=model.fingerprint):
        vaec.decode(path)
    model.save(tmp_path / "any.vae")
    monkeypatch.setenv("VAEC_MODEL_PATH", f"/nowhere:{tmp_path}")
    assert (vaec.decode(path) == vaec.decode(path, model)).all()
    assert vaec.open(path).model.fingerprint == model.fingerprint


def test_streams_carry_models_and_concatenate(model, bumps):
    one = model.encode(bumps[:100], quality=50, with_model=True)
    two = model.encode(bumps[100:150], quality=50)
    assert vaec.decode(one).shape == (100, 16) and vaec.open(one).models == []
    assert vaec.decode(one + two, model).shape == (150, 16)
    assert vaec.open(one + two).models == [model.fingerprint]


def test_arrays_stay_after_their_stream(path, model):
    array = vaec.open(path, model)[:5]
    copy = array.copy()
    vaec.decode(path, model)
    assert array.flags.writeable and (array == copy).all()
