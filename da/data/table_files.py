"""Open files of tables without running what is in them; damage is one sentence."""

import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray


def frame(path: Path, identifier: str | None) -> Any:
    """Read a csv or parquet file as a data frame."""
    try:
        import pandas as pd
    except ImportError as error:
        raise ImportError(f"pandas reads {path.suffix} files; install it to read {path}") from error
    try:
        if path.suffix.lower() == ".csv":
            # ids stay as they are written: 007 is not 7
            return pd.read_csv(path, dtype={identifier: str} if identifier else None)
        return pd.read_parquet(path, engine="pyarrow")
    except ImportError as error:
        raise ImportError(f"pyarrow reads {path}; install da[tables], or use csv") from error
    except (ValueError, OSError) as error:  # pandas' and pyarrow's own errors are ValueErrors
        reason = " ".join(str(error).split())
        raise ValueError(f"{path} cannot be read as {path.suffix[1:]}: {reason}") from error


def npz(path: Path) -> Mapping[str, NDArray[Any]]:
    """Read an npz file without unpickling anything."""
    try:
        with np.load(path, allow_pickle=False) as archive:
            return {name: archive[name] for name in archive.files}
    except (ValueError, OSError, EOFError, zipfile.BadZipFile, AttributeError, TypeError) as error:
        if "allow_pickle" in str(error):
            raise ValueError(
                f"{path} holds pickled objects, which may run code when they are read; save "
                f"arrays of numbers or of strings"
            ) from error
        raise ValueError(f"{path} is damaged or no npz file ({error})") from error


def mat(path: Path) -> Mapping[str, NDArray[Any]]:
    """Read a MATLAB file before version 7.3."""
    from scipy.io import loadmat

    try:
        content = loadmat(path, chars_as_strings=True)
    except NotImplementedError as error:
        raise ValueError(
            f"{path} is a MATLAB file of version 7.3; save it with -v7 or as npz"
        ) from error
    except Exception as error:  # whatever a broken file makes of the reader
        raise ValueError(f"{path} is damaged or no MATLAB file ({error})") from error
    return {name: value for name, value in content.items() if not name.startswith("__")}
