import os
import signal
import threading
import time

import numpy as np
import pytest

import vaec

dask = pytest.importorskip("dask")
distributed = pytest.importorskip("distributed")
import dask.array as da  # noqa: E402

import vaec.dask as vd  # noqa: E402


@pytest.fixture(scope="module")
def cluster():
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster:
        with distributed.Client(cluster):
            yield cluster


def test_bytes_do_not_depend_on_blocks_or_workers(cluster, bumps, model, tmp_path):
    want = b"".join(model.encode(bumps[first : first + 128], max_error=0.01) for first in range(0, 800, 128))
    for number, chunks in enumerate([(700, 5), (100, 16)]):
        path = str(tmp_path / f"{number}.vaec")
        vd.to_file(da.from_array(bumps, chunks=chunks), model, path, chunk_rows=128, max_error=0.01)
        assert open(path, "rb").read() == want
    back = vd.from_file(path, model, chunk_rows=300)
    assert back.shape == bumps.shape and abs(back[290:310].compute() - bumps[290:310]).max() <= 0.01
    with pytest.raises(FileExistsError):
        vd.to_file(da.from_array(bumps), model, path)


def test_a_worker_that_dies_changes_nothing(cluster, bumps, model, tmp_path):
    X = da.concatenate([da.from_array(bumps, chunks=(100, 16))] * 4)
    pids = distributed.get_client().run(os.getpid)

    def kill():
        time.sleep(0.3)
        os.kill(next(iter(pids.values())), signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    vd.to_file(X, model, str(tmp_path / "x.vaec"), chunk_rows=100, max_error=0.001)
    killer.join()
    want = b"".join(model.encode(bumps[first : first + 100], max_error=0.001) for first in range(0, 800, 100))
    assert (tmp_path / "x.vaec").read_bytes() == 4 * want


def test_a_fit_takes_a_sample_of_all_blocks(bumps):
    X = da.from_array(bumps, chunks=(90, 16))
    one = vd.fit(X, rows=300, epochs=1)
    assert one.info["fitted_rows"] + one.info["held_out_rows"] == 300
    assert one.fingerprint == vd.fit(X.rechunk((333, 7)), rows=300, epochs=1).fingerprint


def test_dataframes(bumps):
    pandas = pytest.importorskip("pandas")
    dd = pytest.importorskip("dask.dataframe")
    frame = pandas.DataFrame({"a": np.arange(400) * 0.5, "b": np.sin(np.arange(400)), "t": ["x", "y"] * 200})
    parts = dd.from_pandas(frame, npartitions=3)
    parts = dd.concat([parts, parts.query("a < 0")])
    model = vd.fit(parts, epochs=1)
    streams = dask.compute(*vd.encode(parts, model, lossless=True))
    assert vaec.decode(b"".join(streams), model, into="pandas").equals(frame) and b"" in streams
