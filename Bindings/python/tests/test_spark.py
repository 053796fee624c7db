import os
import shutil
import subprocess
import sys

import numpy as np
import pytest

import vaec

pytest.importorskip("pyspark")
pandas = pytest.importorskip("pandas")
pytest.importorskip("pyarrow")
if shutil.which("java") is None:
    pytest.skip("no Java", allow_module_level=True)
from pyspark.sql import SparkSession  # noqa: E402

import vaec.spark as vs  # noqa: E402


@pytest.fixture(scope="module")
def spark():
    environment = {"PYTHONPATH": os.path.dirname(os.path.dirname(vaec.__file__)), "VAEC_LIBRARY": os.environ.get("VAEC_LIBRARY", "")}
    environment["LLVM_PROFILE_FILE"] = "/dev/null"
    os.environ["PYSPARK_PYTHON"] = sys.executable
    builder = SparkSession.builder.master("local-cluster[2,1,1024]").config("spark.ui.enabled", "false")
    builder = builder.config("spark.sql.shuffle.partitions", "2").config("spark.task.maxFailures", "4")
    for name, value in environment.items():
        if value:
            builder = builder.config(f"spark.executorEnv.{name}", value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("OFF")
    yield session
    session.stop()


@pytest.fixture(scope="module")
def frame():
    rows = np.arange(3000)
    return pandas.DataFrame(
        {"id": rows, "a": np.sin(rows * 0.01).round(3), "b": np.cos(rows * 0.01).round(4), "t": np.where(rows % 7, "x", "y")}
    )


def test_partitions_are_those_of_the_program(spark, frame, tmp_path):
    df = spark.createDataFrame(frame).repartition(4, "t").sortWithinPartitions("id")
    model = vs.fit(df, rows=1000, epochs=1)
    assert 900 <= model.info["fitted_rows"] + model.info["held_out_rows"] <= 1000
    encoded = vs.encode(df, model, chunk_rows=500, max_error=0.001).cache()
    parts = encoded.select("partition", "rows").collect()
    assert sum(part.rows for part in parts) == 3000 and len({part.partition for part in parts}) < 4

    back = vs.decode(encoded, df.schema, model).toPandas().sort_values("id").reset_index(drop=True)
    assert abs(back.a - frame.a).max() <= 0.001 + 1e-12 and (back.t == frame.t).all() and (back.id == frame.id).all()

    # A task that dies when it has written half is tried again, and gives the same files.
    mark, folder = tmp_path / "died", str(tmp_path / "out")
    before = vs.save(df, model, folder, chunk_rows=500, max_error=0.001)
    streams = [open(path, "rb").read() for path in before]
    path = str(mark)

    def dying(batches):
        for batch in batches:
            yield batch
            if not os.path.exists(path):
                open(path, "w").close()
                os._exit(1)

    again = vs.save(df.mapInArrow(dying, df.schema), model, folder, chunk_rows=500, max_error=0.001)
    assert mark.exists() and again == before and [open(path, "rb").read() for path in again] == streams

    # Part for part, the bytes of the program and of the package without Spark.
    part = encoded.where("partition = %d" % parts[0].partition).orderBy("chunk").first()
    import pyarrow

    own = vaec.decode(part.stream, model)
    rows = frame[frame.t == own["t"][0].as_py()].head(500)
    table = pyarrow.Table.from_pandas(rows, own.schema, preserve_index=False)
    assert part.stream == model.encode(table, max_error=0.001)
    if program := os.environ.get("VAEC_BINARY"):
        model.save(tmp_path / "m.vae")
        (tmp_path / "part.csv").write_bytes(vaec.decode(vaec.encode(table), into="vaec").csv)
        command = [program, "encode", "--quiet", "-m", "m.vae", "--max-error", "0.001", "part.csv"]
        subprocess.run(command, cwd=tmp_path, check=True)
        assert (tmp_path / "part.csv.vaec").read_bytes() == part.stream
