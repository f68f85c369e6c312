import io
import re

import numpy as np
import pandas as pd
import pytest
import torch
from scipy.io import savemat

from da.data import FeatureTable, Inputs

N = 40


def frame(seed, classes=("cat", "dog", "owl")):
    rng = np.random.default_rng(seed)
    content = {f"f{i}": rng.normal(size=N) for i in range(3)}
    return pd.DataFrame({**content, "label": [classes[i % len(classes)] for i in range(N)]})


@pytest.fixture
def table(tmp_path):
    """Write a table and return its path; by default two csv files are there."""

    def write(name, content, **options):
        path = tmp_path / name
        if isinstance(content, pd.DataFrame):
            content.to_csv(path, **{"index": False, **options})
        elif isinstance(content, bytes):
            path.write_bytes(content)
        elif path.suffix == ".mat":
            savemat(path, content)
        else:
            np.savez(path, **content)
        return str(path)

    write("a.csv", frame(0))
    write("b.csv", frame(1))
    return write


def task(tmp_path, source="a.csv", target="b.csv", **options):
    tables = {"a": str(tmp_path / source), "b": str(tmp_path / target)}
    return FeatureTable("a", "b", tables=tables, **options)


def test_a_csv_gives_features_labels_and_sorted_class_names(table, tmp_path):
    data = task(tmp_path)
    assert data.domains == ("a", "b")
    assert (data.class_names, data.num_classes, data.in_channels) == (["cat", "dog", "owl"], 3, 3)
    train = data.domain("a").train
    expected = frame(0)[["f0", "f1", "f2"]].to_numpy(np.float32)
    np.testing.assert_allclose(train.inputs.numpy(), expected, rtol=1e-6)
    assert train.labels.tolist() == [i % 3 for i in range(N)]
    assert train.ids[:2] == ("a-000000", "a-000001")


def arrays(labels_from=1, dtype=np.int64):
    rng = np.random.default_rng(3)
    labels = (np.arange(N) % 12 + labels_from).astype(dtype)
    return rng.normal(size=(N, 3)), labels


@pytest.mark.parametrize("keys", [("X", "y"), ("features", "labels"), ("fts", "labels")])
@pytest.mark.parametrize("suffix", ["npz", "mat"])
@pytest.mark.parametrize("dtype", [np.uint8, np.float64])
def test_arrays_are_found_under_their_usual_names(table, tmp_path, keys, suffix, dtype):
    features, labels = arrays(dtype=dtype)
    content = {keys[0]: features, keys[1]: labels.reshape(-1, 1)}
    data = task(tmp_path, table(f"t.{suffix}", content), table(f"u.{suffix}", content))
    assert data.class_names == [str(c) for c in range(1, 13)]  # numbers in their own order
    assert data.domain("b").train.labels.tolist() == (labels.astype(int) - 1).tolist()
    np.testing.assert_allclose(data.domain("b").train.inputs, features, rtol=1e-6)


@pytest.mark.parametrize("name", ["s.npz", "s.mat"])
def test_arrays_of_strings_name_classes(table, tmp_path, name):
    labels = np.array([("cat", "horse")[i % 2] for i in range(N)])
    path = table(name, {"X": arrays()[0], "y": labels})
    assert task(tmp_path, path, path).class_names == ["cat", "horse"]


def test_cells_of_strings_name_classes(table, tmp_path):
    labels = np.array([("cat", "horse")[i % 2] for i in range(N)], dtype=object)
    path = table("cells.mat", {"fts": arrays()[0], "labels": labels})
    assert task(tmp_path, path, path).class_names == ["cat", "horse"]


def test_a_domain_may_have_another_format_than_the_other(table, tmp_path):
    path = table(
        "b.npz", {"X": frame(1).iloc[:, :3].to_numpy(), "y": frame(1)["label"].to_numpy("U")}
    )
    one, other = task(tmp_path).domain("b").train, task(tmp_path, target=path).domain("b").train
    torch.testing.assert_close(one.inputs, other.inputs)
    assert torch.equal(one.labels, other.labels)


def test_columns_are_matched_by_name(table, tmp_path):
    table("b.csv", frame(1)[["label", "f2", "f0", "f1"]])
    expected = frame(1)[["f0", "f1", "f2"]].to_numpy(np.float32)
    np.testing.assert_allclose(task(tmp_path).domain("b").train.inputs.numpy(), expected, rtol=1e-6)


def test_only_the_named_columns_are_features(table, tmp_path):
    data = task(tmp_path, features=["f2", "f0"])
    assert data.in_channels == 2
    np.testing.assert_allclose(
        data.domain("a").train.inputs.numpy(),
        frame(0)[["f2", "f0"]].to_numpy(np.float32),
        rtol=1e-6,
    )


def test_a_parquet_file_is_read(table, tmp_path):
    pytest.importorskip("pyarrow")
    frame(0).to_parquet(tmp_path / "a.parquet")
    one, other = task(tmp_path).domain("a"), task(tmp_path, "a.parquet").domain("a")
    torch.testing.assert_close(one.train.inputs, other.train.inputs)
    assert torch.equal(one.train.labels, other.train.labels)


def test_parquet_without_pyarrow_is_a_sentence(table, tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    table("a.parquet", b"PAR1")
    with pytest.raises(
        ImportError, match=r"pyarrow reads .*a.parquet; install da\[tables\], or use csv"
    ):
        _ = task(tmp_path, "a.parquet").num_classes


@pytest.mark.parametrize("label", ["gone", "empty"])
def test_a_target_without_labels_is_adapted_to_and_not_measured(table, tmp_path, label):
    content = frame(1).drop(columns="label") if label == "gone" else frame(1).assign(label=np.nan)
    table("b.csv", content)
    data = task(tmp_path, standardize="each")
    assert type(data.domain("b").train) is Inputs
    assert len(data.training_data.target_adapt) == 30
    assert len(data.unlabeled_target()) == N
    with pytest.raises(ValueError, match="the target 'b' has no labels to measure with"):
        _ = data.report_data


def test_test_tables_are_scored_on_and_never_adapted_to(table, tmp_path):
    test = table("test.csv", frame(7))
    data = task(tmp_path, test={"b": test})
    assert len(data.report_data.test) == N
    assert len(data.training_data.target_adapt) + len(data.training_data.target_val) == N
    assert not set(data.report_data.test.ids) & set(data.domain("b").train.ids)


def test_ids_come_from_their_column_as_they_are_written(table, tmp_path):
    for name, seed in (("a.csv", 0), ("b.csv", 1)):
        table(name, frame(seed).assign(patient=[f"{i:03d}" for i in range(N)]))
    data = task(tmp_path, identifier="patient")
    assert data.in_channels == 3
    assert data.domain("b").train.ids[:2] == ("000", "001")


def test_a_target_may_lack_a_class_and_keeps_the_numbers_of_the_others(table, tmp_path):
    table("b.csv", frame(1, ("dog", "owl")))
    data = task(tmp_path)
    assert data.num_classes == 3
    assert set(data.domain("b").train.labels.tolist()) == {1, 2}


def test_permuted_target_labels_change_nothing_that_training_sees(table, tmp_path):
    shuffled = frame(1)
    shuffled["label"] = shuffled["label"].sample(frac=1, random_state=0).to_numpy()
    table("shuffled.csv", shuffled)
    one, other = (
        task(tmp_path, target=t, standardize="labeled") for t in ("b.csv", "shuffled.csv")
    )
    for part in ("source_train", "source_val", "target_adapt", "target_val"):
        first, second = (getattr(t.training_data, part) for t in (one, other))
        assert first.ids == second.ids
        assert torch.equal(first.inputs, second.inputs)
    assert not hasattr(one.training_data.target_adapt, "labels")
    assert not torch.equal(one.report_data.test.labels, other.report_data.test.labels)


def with_value(value):
    content = frame(1)
    content["f1"] = [value if i == 4 else x for i, x in enumerate(content["f1"])]
    return content


WRONG = {
    "foreign class": (
        frame(1, ("cat", "emu")),
        "b.csv has the class 'emu', which the source 'a' does",
    ),
    "other width": (
        frame(1).assign(f3=0.0),
        "b.csv has 4 columns of features and .*a.csv has 3; give",
    ),
    "other column": (
        frame(1).rename(columns={"f1": "g1"}),
        "b.csv has a column 'g1', which .*a.csv does",
    ),
    "text": (with_value("high"), "the column 'f1' of .*b.csv is not numeric, such as "),
    "missing": (
        with_value(np.nan),
        "b.csv has a value that is missing.* nan in row 5, column 'f1'",
    ),
    "infinite": (with_value(np.inf), "b.csv has a value .*infinite.* inf in row 5, column 'f1'"),
    "too large": (with_value(1e300), "too large for float32: inf in row 5, column 'f1'"),
    "empty": (frame(1)[:0], "b.csv is empty; give a table of at least one sample and"),
    "two labels": (frame(1).assign(y=1), "b.csv has y and label; say which of them is meant"),
    "some labels": (
        frame(1).assign(label=[None, *frame(1)["label"][1:]]),
        "b.csv has no label in row 1",
    ),
    "real labels": (
        frame(1).assign(label=0.5),
        "each label of .*b.csv names .* got the number 0.5 in row 1",
    ),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_table_is_one_sentence_that_names_it(table, tmp_path, wrong):
    content, sentence = WRONG[wrong]
    table("b.csv", content)
    with pytest.raises(ValueError, match=sentence) as raised:
        task(tmp_path).domain("b")
    assert "\n" not in str(raised.value)


def test_an_index_written_by_accident_is_no_feature(table, tmp_path):
    table("b.csv", frame(1), index=True)
    with pytest.raises(
        ValueError, match="b.csv has a column without a name, as an index is written"
    ):
        task(tmp_path).domain("b")


def test_a_source_needs_labels_of_two_classes(table, tmp_path):
    table("a.csv", frame(1).drop(columns="label"))
    with pytest.raises(ValueError, match="a.csv has no labels under 'y, label, labels or target'"):
        _ = task(tmp_path).num_classes
    table("a.csv", frame(1, ("cat",)))
    with pytest.raises(ValueError, match="a.csv has the one class 'cat'; give at least 2"):
        _ = task(tmp_path).num_classes


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("x.xlsx", b"PK", "x.xlsx ends in '.xlsx', which is no known format of tables; convert"),
        ("x.npz", b"nothing", "x.npz (is damaged or no npz file|holds pickled objects)"),
        ("x.mat", b"nothing", "x.mat is damaged or no MATLAB file"),
        ("x.csv", b"", "x.csv cannot be read as csv: No columns to parse from file"),
        (
            "x.npz",
            {"X": np.array([{}], dtype=object)},
            "x.npz holds pickled objects, which may run",
        ),
        ("x.npz", {"Z": np.zeros((2, 2))}, "x.npz has no array of features under a usual name.*Z"),
        ("x.npz", {"X": np.zeros(4), "y": np.zeros(4)}, "are a matrix of numbers.* X with shape"),
        (
            "x.npz",
            {"X": np.zeros((4, 2)), "y": np.zeros(3)},
            "has 4 samples in X and 3 in y; give one",
        ),
    ],
)
def test_a_file_that_cannot_be_read_is_named(table, tmp_path, name, content, sentence):
    with pytest.raises(ValueError, match=sentence) as raised:
        _ = task(tmp_path, table(name, content)).num_classes
    assert "\n" not in str(raised.value)


def test_an_array_that_was_saved_alone_is_no_npz_file(table, tmp_path):
    stream = io.BytesIO()
    np.save(stream, np.zeros((2, 2)))
    with pytest.raises(ValueError, match="x.npz is damaged or no npz file"):
        _ = task(tmp_path, table("x.npz", stream.getvalue())).num_classes


def test_a_matlab_file_of_version_7_3_is_a_sentence(table, tmp_path):
    header = b"MATLAB 7.3 MAT-file".ljust(124) + b"\x00\x02IM"
    with pytest.raises(ValueError, match="x.mat is a MATLAB file of version 7.3; save it with -v7"):
        _ = task(tmp_path, table("x.mat", header.ljust(512, b"\0"))).num_classes


def test_a_missing_file_and_a_missing_column_are_named(table, tmp_path):
    with pytest.raises(FileNotFoundError, match="there is no table .*z.csv; give the path"):
        _ = task(tmp_path, "z.csv").num_classes
    with pytest.raises(ValueError, match="a.csv has no column 'f9'; it has f0, f1, f2, label"):
        _ = task(tmp_path, features=["f9"]).num_classes
    with pytest.raises(ValueError, match="a.csv has no column 'id'; it has f0"):
        _ = task(tmp_path, identifier="id").num_classes


def test_ids_are_unique_within_and_across_the_sides_of_a_domain(table, tmp_path):
    twice = frame(0).assign(id=["same"] * N)
    with pytest.raises(
        ValueError, match="the ids of .*t.csv are unique; got 'same' more than once"
    ):
        _ = task(tmp_path, table("t.csv", twice), identifier="id").num_classes
    ids = frame(0).assign(id=range(N))
    both = table("a.csv", ids), table("b.csv", ids)
    data = task(tmp_path, identifier="id", test={"b": both[0]})
    with pytest.raises(ValueError, match=re.escape("'0' is a sample of")):
        data.domain("b")


def test_a_test_table_belongs_to_a_domain_and_has_labels(table, tmp_path):
    with pytest.raises(ValueError, match="there is a test table of 'c' and no training table"):
        task(tmp_path, test={"c": "c.csv"})
    unlabeled = table("t.csv", frame(1).drop(columns="label"))
    with pytest.raises(ValueError, match="the test table .*t.csv has no labels to measure with"):
        task(tmp_path, test={"b": unlabeled}).domain("b")
