"""Read tables of features: npz, csv, parquet and MATLAB files, none of which may run code."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from da.data.table_files import frame as read_frame
from da.data.table_files import mat, npz

#: What the labels are called where nobody says it.
LABELS = ("y", "label", "labels", "target")

#: What the features are called in npz and mat files where nobody says it.
FEATURES = ("X", "x", "features", "fts", "feas")


class Table(NamedTuple):
    """The content of one file.

    Attributes:
        features: ``(n, d)`` float32, all finite.
        columns: Names of the columns, where the file has any.
        labels: Names of the classes, one for each row; none if the file has none.
        ids: Names of the rows; none if the file has none.
    """

    features: NDArray[np.float32]
    columns: tuple[str, ...]
    labels: tuple[str, ...] | None
    ids: tuple[str, ...] | None


def read(
    path: Path,
    *,
    label: str | None = None,
    features: str | Sequence[str] | None = None,
    identifier: str | None = None,
) -> Table:
    """Read one table.

    Args:
        path: A ``.csv``, ``.parquet``, ``.npz`` or ``.mat`` file.
        label: Column or variable of the labels; one of y, label, labels, target by default.
        features: Columns of the features (csv, parquet; all others by default), or the variable
            that holds them (npz, mat; one of X, x, features, fts, feas by default).
        identifier: Column or variable that names the samples.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If the file cannot be read, is empty, or a value is no finite number.
        ImportError: If a parquet file is to be read without pyarrow.
    """
    if path.suffix.lower() not in READERS:
        raise ValueError(
            f"{path} ends in {path.suffix or 'nothing'!r}, which is no known format of tables; "
            f"convert it to one of {', '.join(READERS)}"
        )
    if not path.is_file():
        raise FileNotFoundError(f"there is no table {path}; give the path of an existing file")
    return READERS[path.suffix.lower()](path, label, features, identifier)


def _columns(
    path: Path, label: str | None, features: str | Sequence[str] | None, identifier: str | None
) -> Table:
    """Read a file with named columns."""
    frame = read_frame(path, identifier)
    if frame.empty:
        raise ValueError(f"{path} is empty; give a table of at least one sample and one feature")
    names = [str(name) for name in frame.columns]
    frame.columns = names
    if any(name.startswith("Unnamed: ") for name in names):
        raise ValueError(
            f"{path} has a column without a name, as an index is written; name it, and choose it "
            f"as id, or leave it out"
        )
    label = _find(path, names, label, LABELS)
    chosen = [features] if isinstance(features, str) else features
    chosen = list(chosen or [n for n in names if n not in (label, identifier)])
    for name in [*chosen, *([identifier] if identifier else [])]:
        if name not in names:
            raise ValueError(f"{path} has no column {name!r}; it has {_some(names)}")
    for name in chosen:
        if not (_numeric(frame[name].dtype)):
            example = next(iter(frame[name].dropna()), None)
            raise ValueError(
                f"the column {name!r} of {path} is not numeric, such as {example!r}; encode it as "
                f"numbers, or name the columns to use as features"
            )
    labels = None if label is None else frame[label]
    if labels is not None and labels.isna().all():
        labels = None  # a column that was kept for labels nobody has
    return _table(
        path,
        frame[chosen].to_numpy(dtype=np.float64, na_value=np.nan),
        chosen,
        None if labels is None else _names(path, labels.to_numpy(), "label"),
        None if identifier is None else _names(path, frame[identifier].to_numpy(), "id"),
    )


def _variables(
    path: Path, label: str | None, features: str | Sequence[str] | None, identifier: str | None
) -> Table:
    """Read a file of named arrays."""
    content = npz(path) if path.suffix.lower() == ".npz" else mat(path)
    names = list(content)
    if not (features is None or isinstance(features, str)):
        raise ValueError(f"the features of {path} are one array; got several names, {features}")
    label = _find(path, names, label, LABELS)
    key = _find(path, names, features, FEATURES)
    for name in (features, identifier):
        if name is not None and name not in names:
            raise ValueError(f"{path} has no array {name!r}; it has {_some(names)}")
    if key is None:
        raise ValueError(
            f"{path} has no array of features under a usual name, {', '.join(FEATURES)}; say "
            f"which of {_some(names)} it is"
        )
    matrix = content[key]
    if matrix.ndim != 2 or not _numeric(matrix.dtype):
        raise ValueError(
            f"the features of {path} are a matrix of numbers, a row for each sample; "
            f"got {key} with shape {matrix.shape} of {matrix.dtype}"
        )
    rows: dict[str, tuple[str, ...]] = {}
    for kind, name in (("label", label), ("id", identifier)):
        if name is not None:
            vector = content[name].reshape(-1)
            if len(vector) != len(matrix):
                raise ValueError(
                    f"{path} has {len(matrix)} samples in {key} and {len(vector)} in {name}; "
                    f"give one {kind} for each sample"
                )
            rows[kind] = _names(path, vector, kind)
    return _table(path, matrix, (), rows.get("label"), rows.get("id"))


READERS: dict[str, Callable[..., Table]] = {
    ".csv": _columns,
    ".parquet": _columns,
    ".npz": _variables,
    ".mat": _variables,
}


def _find(path: Path, names: Sequence[str], wanted: str | None, usual: Sequence[str]) -> str | None:
    """Return the name that was asked for, or the only usual one; None if there is none."""
    if wanted is not None:
        return wanted if wanted in names else None
    found = [name for name in usual if name in names]
    if len(found) > 1:
        raise ValueError(f"{path} has {' and '.join(found)}; say which of them is meant")
    return found[0] if found else None


def _numeric(dtype: Any) -> bool:
    return getattr(dtype, "kind", "O") in "biuf"


def _names(path: Path, values: NDArray[Any], kind: str) -> tuple[str, ...]:
    """Spell labels or ids: 1, 1.0 and "1" are one name."""
    if values.dtype.kind == "f":
        whole = np.isfinite(values) & (values == np.round(values))
        if not whole.all():
            raise ValueError(
                f"each {kind} of {path} names something; got the number "
                f"{float(values[~whole][0])!r} in row {int(np.argmin(whole)) + 1}"
            )
        values = values.astype(np.int64)
    if values.dtype.kind == "O" and (missing := [v is None or v != v for v in values]).count(True):
        raise ValueError(f"{path} has no {kind} in row {missing.index(True) + 1}")
    if any(isinstance(value, np.ndarray) for value in values):  # cells of MATLAB
        values = np.array(["".join(map(str, np.ravel(value))) for value in values])
    return tuple(str(value).strip() for value in values.tolist())


def _table(
    path: Path,
    features: NDArray[Any],
    columns: Sequence[str],
    labels: tuple[str, ...] | None,
    ids: tuple[str, ...] | None,
) -> Table:
    if 0 in features.shape:
        raise ValueError(f"{path} is empty; give a table of at least one sample and one feature")
    with np.errstate(over="ignore"):
        features = features.astype(np.float32)
    if not np.isfinite(features).all():
        row, column = np.argwhere(~np.isfinite(features))[0]
        name = repr(columns[column]) if columns else column + 1
        raise ValueError(
            f"{path} has a value that is missing, infinite or too large for float32: "
            f"{features[row, column]} in row {row + 1}, column {name}"
        )
    if ids is not None and len(set(ids)) < len(ids):
        twice = next(i for i in ids if ids.count(i) > 1)
        raise ValueError(f"the ids of {path} are unique; got {twice!r} more than once")
    return Table(features, tuple(columns), labels, ids)


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:8]) + (f" and {len(names) - 8} more" if len(names) > 8 else "")
