"""A practitioner's own tables of features."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import torch

from da.data.features import FeatureTask
from da.data.samples import Domain, Inputs, Samples
from da.data.tables import Table, read


class FeatureTable(FeatureTask):
    """Tables of features, a file for each domain: csv, parquet, npz or mat.

    The classes are those of the source's training table, numbers in their order and other names
    sorted. The target may lack classes, and all its labels: then adapting and predicting work, and
    nothing can be measured. Columns with names are matched by name.

    Args:
        source: Domain whose table has labels.
        target: Domain to adapt to.
        tables: File of each domain's training samples.
        test: File of each domain's test samples, where there are any; with labels.
        label: Column or variable of the labels; one of y, label, labels, target by default.
        features: Columns of the features (csv, parquet; all others by default), or the variable
            that holds them (npz, mat; one of X, x, features, fts, feas by default).
        identifier: Column or variable that names the samples, for predictions; the number of the
            row by default. What follows a ``#`` numbers copies of one original, which are never
            divided.
        **kwargs: See :class:`FeatureTask`.

    Raises:
        ValueError: If there are no tables, or a test table belongs to no domain.
    """

    def __init__(
        self,
        source: str,
        target: str,
        *,
        tables: Mapping[str, str],
        test: Mapping[str, str] | None = None,
        label: str | None = None,
        features: str | Sequence[str] | None = None,
        identifier: str | None = None,
        **kwargs: Any,
    ) -> None:
        self.tables, self.test_tables = dict(tables), dict(test or {})
        self.label, self.features, self.identifier = label, features, identifier
        super().__init__(source, target, **kwargs)
        if stray := sorted(set(self.test_tables) - set(self.tables)):
            raise ValueError(
                f"there is a test table of {stray[0]!r} and no training table; "
                f"there are training tables of {', '.join(self.tables)}"
            )

    @property
    def domains(self) -> tuple[str, ...]:  # type: ignore[override]
        return tuple(self.tables)

    @property
    def num_classes(self) -> int:  # type: ignore[override]
        return len(self.class_names)

    @property
    def in_channels(self) -> int:  # type: ignore[override]
        return self._source.features.shape[1]

    @cached_property
    def class_names(self) -> Sequence[str]:
        labels = self._source.labels
        path = self.tables[self.source]
        if labels is None:
            raise ValueError(
                f"the source's table {path} has no labels under "
                f"{self.label or 'y, label, labels or target'!r}; say where they are with label"
            )
        names = set(labels)
        if len(names) < 2:
            raise ValueError(f"{path} has the one class {labels[0]!r}; give at least 2 classes")
        try:
            return sorted(names, key=int)
        except ValueError:
            return sorted(names)

    def domain(self, name: str) -> Domain:
        self._check_domain(name)
        train = self._samples(name, self.tables[name], name)
        if name not in self.test_tables:
            return Domain(train)
        path = self.test_tables[name]
        test = self._samples(name, path, f"{name}-test")
        if not isinstance(test, Samples):
            raise ValueError(f"the test table {path} has no labels to measure with; leave it out")
        if shared := set(train.ids) & set(test.ids):
            raise ValueError(
                f"{sorted(shared)[0]!r} is a sample of {self.tables[name]} and of {path}; "
                f"keep test samples out of the training table"
            )
        return Domain(train, test)

    def _samples(self, name: str, path: str, prefix: str) -> Samples | Inputs:
        table = self._source if path == self.tables[self.source] else self._read(path)
        features = self._aligned(table, path)
        ids = table.ids or tuple(f"{prefix}-{i:06d}" for i in range(len(features)))
        if table.labels is None:
            return Inputs(features, ids)
        index = {label: i for i, label in enumerate(self.class_names)}
        if foreign := sorted(set(table.labels) - set(index)):
            raise ValueError(
                f"{path} has the class {foreign[0]!r}, which the source {self.source!r} does not "
                f"have; its classes are {', '.join(self.class_names)}"
            )
        return Samples(features, torch.tensor([index[label] for label in table.labels]), ids)

    def _aligned(self, table: Table, path: str) -> torch.Tensor:
        """Return the columns of a table in the order of the source's."""
        source, source_path = self._source, self.tables[self.source]
        widths = [t.features.shape[1] for t in (table, source)]
        if widths[0] != widths[1]:
            raise ValueError(
                f"{path} has {widths[0]} columns of features and {source_path} has {widths[1]}; "
                f"give both domains the same features"
            )
        if not (table.columns and source.columns) or table.columns == source.columns:
            return torch.from_numpy(table.features)
        if strange := [c for c in table.columns if c not in source.columns]:
            raise ValueError(
                f"{path} has a column {strange[0]!r}, which {source_path} does not have; "
                f"give both domains the same features"
            )
        return torch.from_numpy(table.features[:, [table.columns.index(c) for c in source.columns]])

    @cached_property
    def _source(self) -> Table:
        return self._read(self.tables[self.source])

    def _read(self, path: str) -> Table:
        return read(
            Path(path).expanduser(),
            label=self.label,
            features=self.features,
            identifier=self.identifier,
        )
