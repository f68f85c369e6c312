"""A SQLite file that knows whose it is, survives killed writers and speaks in sentences."""

import contextlib
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

WAIT = 60.0  # seconds that others may keep the file locked
APPLICATION = 0x64614263  # "daBc": how our files tell themselves from other SQLite databases


class Database:
    """One SQLite file in write-ahead mode, which several processes may use at the same time.

    Transactions make a process killed at any moment leave the file whole. Write-ahead mode needs
    a local disk: network file systems lack the shared memory it uses.

    Args:
        path: The file; it and its folder are created where missing.

    Raises:
        ValueError: If the folder cannot be written, or the file is damaged, no SQLite database,
            another program's or of another version. Every method raises it for a damaged file.
    """

    version: ClassVar[int]
    schema: ClassVar[tuple[str, ...]]

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            # SQLite would take a short file of another kind for an empty database.
            if self.path.is_file() and self._head() not in (b"", b"SQLite format 3\0"):
                raise self._unusable("file is not a database")
            self._connection = sqlite3.connect(self.path, timeout=WAIT, isolation_level=None)
        except (OSError, sqlite3.Error) as error:
            raise ValueError(
                f"cannot write the store {self.path} ({error}); name another folder"
            ) from None
        try:
            self._open()
        except ValueError:
            self.close()
            raise

    def __enter__(self) -> "Database":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; leaving a ``with`` block does it too."""
        self._connection.close()

    def check(self) -> None:
        """Read the whole file and raise ValueError if it is damaged."""
        [verdict] = self._query("PRAGMA quick_check(1)")[0]
        if verdict != "ok":
            raise self._unusable(verdict)

    def _open(self) -> None:
        """Make sure that the file is ours, or make it ours if it is empty."""
        with self._transaction():
            [application] = self._query("PRAGMA application_id")[0]
            [version] = self._query("PRAGMA user_version")[0]
            [tables] = self._query("SELECT COUNT(*) FROM sqlite_master")[0]
            if application == version == tables == 0:
                for table in self.schema:
                    self._query(table)
                self._query(f"PRAGMA application_id = {APPLICATION}")
                self._query(f"PRAGMA user_version = {self.version}")
            elif application != APPLICATION:
                raise self._unusable("it is another program's database")
            elif version != self.version:
                raise self._unusable(f"it has format {version}, and this is format {self.version}")
        self._write_ahead()
        # A power failure may take the last results, never the file; each is worth a few seconds.
        self._query("PRAGMA synchronous = NORMAL")

    def _write_ahead(self) -> None:
        """Switch the file to write-ahead mode, or let another process do so."""
        deadline = time.monotonic() + WAIT
        while self._query("PRAGMA journal_mode") != [("wal",)]:
            try:
                self._connection.execute("PRAGMA journal_mode = WAL")
            except sqlite3.Error as error:
                # Of two that switch at once SQLite refuses one without letting it wait.
                if time.monotonic() > deadline:
                    raise self._unusable(error) from error
                time.sleep(0.01)

    def _head(self) -> bytes:
        with self.path.open("rb") as file:
            return file.read(16)

    def _unusable(self, why: object) -> ValueError:
        return ValueError(
            f"cannot use the store {self.path} ({why}); move it away or name another folder"
        )

    def _query(self, sql: str, *values: Any) -> list[Any]:
        try:
            return self._connection.execute(sql, values).fetchall()
        except sqlite3.Error as error:
            raise self._unusable(error) from error

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        """Do all of the block or nothing, while no other process writes."""
        self._query("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            # SQLite has rolled back by itself after some errors, such as a full disk.
            if self._connection.in_transaction:
                self._query("ROLLBACK")
            raise
        self._query("COMMIT")
