import numpy as np
import pytest

import vaec

pyarrow = pytest.importorskip("pyarrow")


def test_a_table_comes_back_with_its_schema(table):
    for stream in (vaec.encode(table), vaec.pack(table, epochs=2)):
        back = vaec.decode(stream)
        assert back.schema.equals(table.schema)
        for name in table.column_names:
            # NaN is equal to nothing, itself included.
            assert back[name].to_pylist().__repr__() == table[name].to_pylist().__repr__(), name


def test_columns_that_are_no_numbers_are_exact_at_any_quality(table):
    model = vaec.fit(table, epochs=2)
    modelled = {column["name"] for column in model.info["columns"] if column["modelled"]}
    assert {"temp", "small"} <= modelled and not modelled & {"id", "name", "code", "flag", "time", "day", "kind"}
    back = model.decode(model.encode(table, quality=10))
    for name in set(table.column_names) - modelled:
        assert back[name].equals(table[name]), name
    assert back.schema.equals(table.schema)
    assert model.sample(5).schema.names == table.schema.names if model.latents else True


def test_bounds_of_columns(table):
    model = vaec.fit(table, epochs=2)
    back = model.decode(model.encode(table, max_error={"": "1%", "temp": 0.05}))
    assert abs(back["temp"].to_numpy() - table["temp"].to_numpy()).max() <= 0.05 + 1e-9
    assert abs(back["small"].to_numpy() - table["small"].to_numpy()).max() <= 0.0101 * np.ptp(table["small"].to_numpy())


def test_rows_of_tables(table):
    stream = vaec.open(vaec.encode(table, chunk_rows=100))
    assert len(stream) == 300 and stream[150:160].slice(0, 10).to_pylist().__repr__() == table.slice(150, 10).to_pylist().__repr__()


def test_types_of_arrow(table):
    columns = {
        "half": pyarrow.array(np.array([0.1, -2, 65504, 6e-8, np.inf], np.float16)),
        "large": pyarrow.array(["a", None, "b\nc", 'd"', "é"], pyarrow.large_string()),
        "view": pyarrow.array(["short", "longer than twelve bytes", None, "", "x" * 50], pyarrow.string_view()),
        "decimal": pyarrow.array([None, "1.23", "-0.05", "99999999999999999999.99", "0"]).cast(pyarrow.decimal128(38, 2)),
        "i8": pyarrow.array([-(2**63), 2**63 - 1, 0, None, 5], pyarrow.int64()),
        "u8": pyarrow.array([2**64 - 1, 0, 1, None, 5], pyarrow.uint64()),
        "ns": pyarrow.array([-1, 2**62, None, 0, 10**18], pyarrow.timestamp("ns")),
        "ms": pyarrow.array([0, 1, 2, None, 4], pyarrow.time32("ms")),
        "far": pyarrow.array([10**9, -(10**9), 0, None, 1], pyarrow.date32()),
    }
    made = pyarrow.table(columns).slice(1)
    back = vaec.decode(vaec.encode(made))
    for name in made.column_names:
        want = made[name].cast(pyarrow.large_string()) if name == "view" else made[name]
        assert back[name].equals(want), (name, back[name], want)


def test_one_column_and_no_rows():
    one = pyarrow.table({"x": pyarrow.array([1.5, None, 2.5] * 20)})
    assert vaec.decode(vaec.encode(one)).equals(one)
    texts = pyarrow.table({"x": pyarrow.array(["NA", None, ""] * 20)})
    assert vaec.decode(vaec.encode(texts)).equals(texts)


def test_polars_and_pandas():
    polars, pandas = pytest.importorskip("polars"), pytest.importorskip("pandas")
    frame = polars.DataFrame({"a": [1.5, None, 3.5] * 30, "b": ["x", "y", None] * 30, "c": list(range(90))})
    assert vaec.decode(vaec.encode(frame), into="polars").equals(frame)
    frame = pandas.DataFrame({"a": np.arange(40) / 8, "b": ["x", "yy"] * 20, "c": pandas.date_range("2026", periods=40)})
    assert vaec.decode(vaec.encode(frame), into="pandas").equals(frame)


def test_what_tables_may_not_hold():
    nested = [pyarrow.array([[1], [2]]), pyarrow.array([{"a": 1}, {"a": 2}])]
    binary = pyarrow.array([b"a", b"b"])
    numbers = pyarrow.array([1, 2])
    others = [numbers.dictionary_encode(), numbers.cast(pyarrow.decimal256(50, 0))]
    for column in [*nested, binary, binary.dictionary_encode(), *others]:
        with pytest.raises(TypeError, match="^column x has the Arrow type .*; cast it to numbers or text$"):
            vaec.encode(pyarrow.table({"x": column, "y": [1.0, 2.0]}))
    model = vaec.fit(pyarrow.table({"x": np.arange(50) / 7, "y": np.arange(50) % 3 / 3}), epochs=1)
    with pytest.raises(ValueError):
        model.encode(pyarrow.table({"x": np.arange(50) / 7, "z": np.arange(50) / 3}))


def test_text_files_stay_text(tmp_path):
    (tmp_path / "a.csv").write_text("x,y\n1,2.5\n3,4.5\n")
    stream = vaec.encode(tmp_path / "a.csv")
    back = vaec.decode(stream, into="vaec")
    assert back.csv == b"x,y\n1,2.5\n3,4.5\n" and not back.has_schema
    with pytest.raises(ValueError, match="text file"):
        pyarrow.RecordBatchReader.from_stream(back)
    assert vaec.decode(stream)["y"].to_pylist() == [2.5, 4.5]
