import pickle

import numpy as np
import pytest

import vaec

TYPES = ["u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8", "f2", "f4", "f8", "b1", "c8", "c16", "M8[s]", "m8[ns]", ">f4", ">i8"]


@pytest.mark.parametrize("dtype", TYPES)
def test_an_array_of_any_type_comes_back_as_it_was(dtype):
    array = (np.arange(120) % 2).astype(dtype).reshape(6, 4, 5)
    back = vaec.decode(vaec.encode(array))
    assert back.shape == array.shape and back.dtype == array.dtype.newbyteorder("=")
    assert (back == array).all()


@pytest.mark.parametrize("target", [{"quality": 60}, {"psnr": 40}, {"bits": 60}, {"size": 3000}, {"lossless": True}])
def test_a_target_is_met(bumps, model, target):
    bumps = bumps[:400]
    stream = model.encode(bumps, **target)
    back = model.decode(stream)
    error = np.mean((back.astype(float) - bumps) ** 2)
    if "psnr" in target:
        assert 10 * np.log10(np.ptp(bumps) ** 2 / error) >= 39.99
    if "size" in target:
        assert len(stream) <= 3000
    if "bits" in target:
        assert 8 * len(stream) <= 60 * len(bumps)
    if "lossless" in target:
        assert (back == bumps).all()
    assert len(stream) < bumps.nbytes


def test_bounds_hold_for_arrays_of_any_strides(bumps, model):
    bumps = bumps[:200]
    views = [bumps[::2, ::-1], np.asfortranarray(bumps), bumps[::-1], np.repeat(bumps[:, :1], 16, 1)]
    views.append(np.broadcast_to(bumps[0], (50, 16)))
    for view in views:
        back = model.decode(model.encode(view, max_error="0.5%"))
        assert abs(back - view).max() <= 0.005 * np.ptp(view) * (1 + 1e-6)


def test_bytes_do_not_depend_on_threads_or_memory_layout(bumps, model):
    stream = model.encode(bumps, quality=50, threads=1)
    assert stream == model.encode(np.asfortranarray(bumps), quality=50, threads=4)
    assert vaec.encode(bumps, max_error=0.01) == vaec.encode(bumps.astype(">f4"), max_error=0.01, threads=1)


def test_models_are_saved_opened_and_pickled(model, tmp_path, bumps):
    path = tmp_path / "m.vae"
    model.save(path)
    with pytest.raises(FileExistsError):
        model.save(path)
    model.save(path, overwrite=True)
    for other in (vaec.Model.open(path), vaec.Model(bytes(model)), pickle.loads(pickle.dumps(model))):
        assert other.fingerprint == model.fingerprint and other.shape == (16,) and other.dtype == np.float32
        assert other.encode(bumps[:99]) == model.encode(bumps[:99])
    assert list(tmp_path.iterdir()) == [path]


def test_equal_seeds_give_equal_models(bumps):
    one, two = (vaec.fit(bumps[:300], epochs=2, seed=3, threads=threads) for threads in (1, 2))
    assert one.fingerprint == two.fingerprint


def test_latents_samples_and_scores(bumps, model):
    latents = model.embed(bumps)
    assert latents.shape == (800, len(model.latents)) and latents.dtype == np.float32
    assert (model.embed(bumps, latents=1) == latents[:, :1]).all()
    assert np.mean((model.invert(latents) - bumps) ** 2) < 1e-3
    drawn = model.sample(10, seed=1)
    assert drawn.shape == (10, 16) and (drawn == model.sample(10, seed=1)).all()
    assert not (drawn == model.sample(10, seed=2)).all()
    strange = np.random.default_rng(0).uniform(size=(100, 16)).astype(np.float32)
    assert np.median(model.score_rows(strange)) > np.median(model.score_rows(bumps[:100]))


def test_missing_values_come_back(model, bumps):
    array = bumps[:100].copy()
    array[3, 5], array[7] = np.nan, np.inf
    back = model.decode(model.encode(array, quality=30))
    assert np.isnan(back[3, 5]) and np.isposinf(back[7]).all()
    masked = np.ma.masked_invalid(array)
    assert np.isnan(model.decode(model.encode(masked))[7]).all()


def test_pack_decodes_alone_and_layouts_are_kept():
    image = np.add.outer(np.arange(90), np.arange(70)).astype(np.uint16)
    back = vaec.decode(vaec.pack(image, epochs=2))
    assert back.dtype == np.uint16 and (back == image).all()
    recording = np.sin(np.arange(8000) / 9).astype(np.float32)
    fitted = vaec.fit(recording, layout="window 64", epochs=2)
    stream = fitted.encode(recording, max_error=0.01)
    assert abs(fitted.decode(stream) - recording).max() <= 0.01
    part = vaec.open(stream, fitted)[5000:5010]
    assert abs(part - recording[5000:5010]).max() <= 0.01


def test_empty_arrays_and_arrays_of_one_value():
    assert vaec.decode(vaec.encode(np.zeros((0, 3), "i2"))).shape == (0, 3)
    assert vaec.decode(vaec.encode(np.array([2.5])))[0] == 2.5


def test_structured_arrays_and_files(tmp_path, bumps):
    records = np.zeros(50, [("id", "i4"), ("x", "f8")])
    records["id"], records["x"] = np.arange(50), np.linspace(0, 1, 50)
    assert (vaec.decode(vaec.encode(records)) == records).all()
    np.save(tmp_path / "x.npy", bumps)
    assert (vaec.decode(vaec.encode(tmp_path / "x.npy")) == bumps).all()
    assert vaec.fit([bumps[:200], bumps[200:400]], epochs=1).info["fitted_rows"] >= 320


def test_progress_is_told_and_may_stop_the_work(bumps):
    told = []
    vaec.fit(bumps, epochs=300, progress=told.append)
    known = [share for share in told if share is not None]
    assert known and all(0 <= share <= 1.01 for share in known)
    with pytest.raises(vaec.CancelledError):
        vaec.fit(bumps, epochs=100000, progress=lambda share: False)
    with pytest.raises(ZeroDivisionError):
        vaec.fit(bumps, epochs=100000, progress=lambda share: 1 / 0)


def test_a_bar_ends_full_unless_the_work_fails(bumps, capsys):
    pytest.importorskip("tqdm")
    vaec.fit(bumps, epochs=60, progress=True)
    assert "100%|" in capsys.readouterr().err
    with pytest.raises(ValueError):
        vaec.fit(bumps, epochs=-1, progress=True)
    assert "100%|" not in capsys.readouterr().err
    vaec.fit(bumps, epochs=1)
    assert capsys.readouterr().err == ""


def test_threads_share_a_model_and_a_stream(bumps, model):
    from concurrent.futures import ThreadPoolExecutor

    stream = vaec.open(model.encode(bumps, quality=40, chunk_rows=100), model)
    whole = stream[:]
    with ThreadPoolExecutor(4) as pool:
        parts = pool.map(lambda first: (stream[first : first + 30] == whole[first : first + 30]).all(), range(0, 770, 61))
        streams = pool.map(lambda _: model.encode(bumps[:200]), range(8))
        assert all(parts) and len(set(streams)) == 1
