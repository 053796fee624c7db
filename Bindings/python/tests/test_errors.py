import gc
import os
import resource
import signal
import subprocess
import sys
import textwrap
import time

import numpy as np
import pytest

import vaec
from vaec import _library


def calls(model, bumps, stream):
    """Calls that fail, and how."""
    damaged = bytes(stream[:40]) + b"x" * 40
    other = np.zeros((20, 15), np.float32)
    return [
        (lambda: model.encode(other), ValueError, "samples of shape 15"),
        (lambda: model.encode(bumps, quality=200), ValueError, "quality"),
        (lambda: model.encode(bumps, quality=3, psnr=4), ValueError, "exclude"),
        (lambda: model.encode(bumps, max_error="many"), ValueError, "max_error"),
        (lambda: model.encode(bumps, columns="a"), ValueError, "columns"),
        (lambda: model.encode(np.array(["a", "b"])), TypeError, "type"),
        (lambda: model.encode(np.array([object()])), TypeError, "type"),
        (lambda: vaec.encode(np.zeros(3, np.longdouble)), TypeError, "not supported"),
        (lambda: vaec.encode(np.float32(3)), ValueError, "axes"),
        (lambda: vaec.encode(np.zeros((1,) * 34, "u1")), ValueError, "."),
        (lambda: vaec.fit(bumps[:3]), ValueError, "too few"),
        (lambda: vaec.fit(bumps, epochs=0), ValueError, "epochs"),
        (lambda: vaec.fit([]), ValueError, "."),
        (lambda: vaec.fit([bumps, other]), ValueError, "shape"),
        (lambda: model.embed(bumps, latents=1000), ValueError, "latents"),
        (lambda: model.invert(np.zeros((3, 1000))), ValueError, "latents"),
        (lambda: model.invert(np.full((3, 1), np.nan)), ValueError, "finite"),
        (lambda: model.sample(0), ValueError, "count"),
        (lambda: model.sample(3, sampler="luck"), ValueError, "sampler"),
        (lambda: vaec.decode(damaged, model), vaec.DamagedError, "."),
        (lambda: vaec.decode(b"", model), vaec.DamagedError, "."),
        (lambda: vaec.decode(b"no stream at all", model), vaec.DamagedError, "not a vaec stream"),
        (lambda: vaec.decode(stream), ValueError, "encoded with model"),
        (lambda: vaec.decode(stream, "model"), TypeError, "vaec.Model"),
        (lambda: vaec.decode("/nowhere.vaec"), FileNotFoundError, "nowhere"),
        (lambda: vaec.encode("/nowhere.npy"), FileNotFoundError, "nowhere"),
        (lambda: vaec.Model.open("/nowhere.vae"), FileNotFoundError, "nowhere"),
        (lambda: vaec.Model(b"nothing"), vaec.DamagedError, "."),
        (lambda: vaec.Model(bytes(model)[:-9]), vaec.DamagedError, "."),
        (lambda: vaec.Model("path.vae"), TypeError, "bytes"),
        (lambda: vaec.open(stream, model, memory=1000)[:], MemoryError, "memory"),
        (lambda: model.encode(bumps, threads=-1), ValueError, "threads"),
    ]


@pytest.fixture(scope="module")
def stream(model, bumps):
    return model.encode(bumps, quality=40)


def test_bad_input_is_an_exception_with_the_programs_message(model, bumps, stream, monkeypatch):
    monkeypatch.delenv("VAEC_MODEL_PATH", raising=False)
    for number, (call, kind, text) in enumerate(calls(model, bumps, stream)):
        with pytest.raises(kind, match=text) as raised:
            call()
        assert type(raised.value) is kind, f"call {number}: {raised.value!r}"
        assert "\n" not in str(raised.value)


def test_ten_thousand_failing_calls_leave_nothing_behind(model, bumps, stream):
    quick = [calls(model, bumps, stream)[number][0] for number in (0, 1, 7, 14, 17, 19, 20, 21, 24, 27)]

    def fail(times):
        for _ in range(times):
            for call in quick:
                with pytest.raises((ValueError, TypeError, OSError)):
                    call()

    fail(100)
    gc.collect()
    before, handles = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, _library.handles()
    fail(900)
    gc.collect()
    assert _library.handles() == handles
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 4096


def test_freed_and_wrong_handles_are_errors(model):
    freed = vaec.Model(bytes(model))
    number = freed._handle.value
    del freed
    run = _library.Running()
    for handle in (number, 0, 1 << 60):
        with pytest.raises(ValueError, match="handle"):
            run("sample", handle, 3, _library.options({}))
    with pytest.raises(ValueError, match="not a stream"):
        run("decode", model._handle.value, 0, 0, -1)


def test_null_pointers_are_errors():
    for name, arguments in _library._FUNCTIONS.items():
        nothing = [kind(0) if not hasattr(kind, "contents") and kind is not _library.c_char_p else None for kind in arguments]
        if name != "free":
            with pytest.raises((ValueError, TypeError)):
                _library.call(name, *nothing)


def test_read_only_buffers_are_taken(model, bumps):
    array = bumps[:50].copy()
    array.flags.writeable = False
    assert model.encode(array) == model.encode(bumps[:50])
    stream = model.encode(array)
    assert (vaec.decode(memoryview(stream), model) == vaec.decode(bytearray(stream), model)).all()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork")
def test_a_forked_child_works_on(model, bumps):
    want = model.encode(bumps, quality=30)
    child = os.fork()
    if child == 0:
        try:
            os._exit(0 if model.encode(bumps, quality=30) == want else 1)
        except BaseException:
            os._exit(2)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            assert status == 0
            return
        time.sleep(0.05)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    pytest.fail("the child hangs")


def test_ctrl_c_stops_cleanly():
    script = """
        import signal, sys
        import numpy as np, vaec
        # What starts the tests may ignore the signal, as shells do in the background.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        X = np.random.default_rng(0).normal(size=(4000, 64)).astype("f4")
        print("ready", flush=True)
        try:
            vaec.fit(X, epochs=1000000)
        except KeyboardInterrupt:
            print("stopped", len(vaec.encode(X[:10])) > 0, flush=True)
    """
    child = subprocess.Popen([sys.executable, "-c", textwrap.dedent(script)], stdout=subprocess.PIPE, text=True)
    assert child.stdout.readline() == "ready\n"
    time.sleep(1)
    child.send_signal(signal.SIGINT)
    assert child.communicate(timeout=60)[0] == "stopped True\n"
    assert child.returncode == 0
