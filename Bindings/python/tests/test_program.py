"""The package and the program read each other's streams, and make the same bytes."""

import os
import subprocess

import numpy as np
import pytest

import vaec

PROGRAM = os.environ.get("VAEC_BINARY")
pytestmark = pytest.mark.skipif(not PROGRAM, reason="VAEC_BINARY names no program")


def run(folder, *arguments):
    return subprocess.run([PROGRAM, *arguments], cwd=folder, check=True, capture_output=True)


def test_models_and_streams_are_the_programs(tmp_path, bumps, model):
    np.save(tmp_path / "x.npy", bumps)
    model.save(tmp_path / "m.vae")
    for option, own in [(["-q", "50"], {"quality": 50}), (["--max-error", "0.1%"], {"max_error": "0.1%"})]:
        run(tmp_path, "encode", "--quiet", "-f", "-m", "m.vae", *option, "x.npy")
        assert (tmp_path / "x.npy.vaec").read_bytes() == model.encode(bumps, **own)
    run(tmp_path, "fit", "--quiet", "--epochs", "3", "--seed", "5", "x.npy", "-o", "p.vae")
    assert (tmp_path / "p.vae").read_bytes() == bytes(vaec.fit(bumps, epochs=3, seed=5))


def test_the_program_decodes_tables(tmp_path, table):
    (tmp_path / "t.vaec").write_bytes(vaec.encode(table))
    run(tmp_path, "decode", "--quiet", "t.vaec", "-o", "t.csv")
    lines = (tmp_path / "t.csv").read_text().splitlines()
    assert lines[0].startswith("# vaec columns: ") and lines[1].startswith('"id","temp"') and len(lines) == 302
    run(tmp_path, "pack", "--quiet", "--epochs", "2", "t.csv")
    assert vaec.decode(tmp_path / "t.csv.vaec").schema.equals(table.schema)


def test_the_program_names_the_way_through_python(tmp_path, table):
    pyarrow = pytest.importorskip("pyarrow")
    import pyarrow.parquet

    pyarrow.parquet.write_table(table, tmp_path / "x.parquet")
    done = subprocess.run([PROGRAM, "pack", "x.parquet"], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 1 and "python -m vaec pack" in done.stderr
