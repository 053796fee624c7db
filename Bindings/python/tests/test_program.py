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
    np.save(tmp_path / "y.npy", bumps[:200])
    model.save(tmp_path / "m.vae")
    for option, own in [(["-q", "50"], {"quality": 50}), (["--max-error", "0.1%"], {"max_error": "0.1%"})]:
        run(tmp_path, "encode", "--quiet", "-f", "-m", "m.vae", *option, "x.npy")
        assert (tmp_path / "x.npy.vaec").read_bytes() == model.encode(bumps, **own)
    run(tmp_path, "fit", "--quiet", "--epochs", "3", "--seed", "5", "y.npy", "-o", "p.vae")
    assert (tmp_path / "p.vae").read_bytes() == bytes(vaec.fit(bumps[:200], epochs=3, seed=5))


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


def test_reports_of_parts_add_up(tmp_path, bumps, model, capsys):
    import json

    from vaec.__main__ import main

    model.save(tmp_path / "m.vae")
    for name, part in [("a", bumps[:300]), ("b", bumps[300:]), ("all", bumps)]:
        np.save(tmp_path / f"{name}.npy", part)
        done = run(tmp_path, "eval", "-m", "m.vae", f"{name}.npy", "-q", "50", "--json")
        (tmp_path / f"{name}.json").write_bytes(done.stdout)
    with pytest.raises(SystemExit) as end:
        main(["merge-eval", str(tmp_path / "a.json"), str(tmp_path / "b.json")])
    merged, whole = json.loads(capsys.readouterr().out), json.loads((tmp_path / "all.json").read_text())
    assert end.value.code == 0 and merged["samples"] == whole["samples"] == 800
    one, other = merged["points"][0], whole["points"][0]
    # Parts are encoded on their own, so that they are not quite those of the whole.
    assert one["psnr_db"] == pytest.approx(other["psnr_db"], abs=1)
    parts = [json.loads((tmp_path / f"{name}.json").read_text())["points"][0] for name in "ab"]
    for name in ("mse", "bits_per_sample"):
        assert one[name] == pytest.approx((300 * parts[0][name] + 500 * parts[1][name]) / 800)
    assert one["max_error"] == max(part["max_error"] for part in parts)


@pytest.mark.parametrize("recipe", ["xargs", "parallel", "slurm"])
def test_recipes_for_many_files_give_the_same_bytes(tmp_path, bumps, model, recipe):
    import shutil

    if recipe == "parallel" and not shutil.which("parallel"):
        pytest.skip("no GNU parallel")
    script = os.path.join(os.path.dirname(__file__), "../../../examples/many", f"{recipe}.sh")
    model.save(tmp_path / "m.vae")
    (tmp_path / "parts").mkdir()
    for number in range(4):
        np.save(tmp_path / "parts" / f"{number}.npy", bumps[number * 50 :][:50])
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "vaec").symlink_to(os.path.abspath(PROGRAM))
    environment = dict(os.environ, PATH=f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    tasks = range(2) if recipe == "slurm" else [None]
    for task in tasks:
        if task is not None:
            environment |= {"SLURM_ARRAY_TASK_ID": str(task), "SLURM_ARRAY_TASK_COUNT": "2"}
        for _ in range(2):
            subprocess.run(["bash", script, "m.vae", "parts", "out"], cwd=tmp_path, env=environment, check=True)
    for number in range(4):
        assert (tmp_path / "out" / f"{number}.npy.vaec").read_bytes() == model.encode(bumps[number * 50 :][:50], quality=60)
