import numpy as np
import pytest

import vaec


@pytest.fixture(scope="session")
def bumps():
    """Bumps anywhere on a ring of 16 values: 800 samples that a network knows better than PCA."""
    distance = (np.arange(16) * 25 + np.arange(800)[:, None] * 7) % 400 / 25 - 8
    return np.exp(-distance * distance).astype(np.float32)


@pytest.fixture(scope="session")
def model(bumps):
    return vaec.fit(bumps, epochs=400, hidden=[32], threads=2)


@pytest.fixture(scope="session")
def table():
    pyarrow = pytest.importorskip("pyarrow")
    import datetime

    rng = np.random.default_rng(0)
    return pyarrow.table(
        {
            "id": pyarrow.array(range(300)),
            "temp": rng.normal(20, 3, 300).round(2),
            "small": pyarrow.array(rng.normal(size=300).astype(np.float32)),
            "count": pyarrow.array(rng.integers(0, 9, 300).astype(np.uint8)),
            "name": ['a"b, c', "", None] * 100,
            "code": ["007", "010", "1e5"] * 100,
            "flag": [True, None, False] * 100,
            "gap": pyarrow.array([1.5, None, float("nan")] * 100),
            "time": pyarrow.array([datetime.datetime(2026, 1, 1, 12, 30)] * 300, pyarrow.timestamp("us", "UTC")),
            "day": pyarrow.array([datetime.date(2026, 1, 1), None, datetime.date(1969, 12, 31)] * 100),
            "clock": pyarrow.array([datetime.time(23, 59, 59, 5)] * 300),
            "took": pyarrow.array([datetime.timedelta(seconds=5)] * 300, pyarrow.duration("ms")),
            "kind": pyarrow.array(["x", "y", "x"] * 100).dictionary_encode(),
            "none": pyarrow.nulls(300),
        }
    )
