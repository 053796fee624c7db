"""The tutorial runs as it is written."""

import os
import re
from pathlib import Path

import pytest

README = Path(__file__).parent.parent / "README.md"


def test_the_examples_of_the_readme_run(tmp_path, monkeypatch, capsys):
    for name in ("pyarrow", "zarr"):
        pytest.importorskip(name)
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"^```python\n(.*?)^```", README.read_text(), re.DOTALL | re.MULTILINE)
    assert len(blocks) == 5
    names: dict = {}
    for block in blocks:
        exec(compile(block, str(README), "exec"), names)
    assert "bytes for 6400" in capsys.readouterr().out


def test_every_public_function_is_documented():
    import vaec

    for name in vaec.__all__:
        assert getattr(vaec, name).__doc__, name
    assert os.path.exists(os.path.join(os.path.dirname(vaec.__file__), "py.typed"))
