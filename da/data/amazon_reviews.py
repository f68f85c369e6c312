"""Sentiment of Amazon reviews: two classes in four domains, as bags of words."""

import hashlib
import io
import re
import tarfile
from collections import Counter
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from da.acquisition import file
from da.data.features import FeatureTask
from da.data.samples import Domain, Samples
from da.data.splits import holdout

Representation = Literal["msda", "reviews"]
Weighting = Literal["counts", "binary", "tf-idf"]

#: Folder of each domain in the archive of raw reviews.
FOLDERS = {
    "books": "books",
    "dvd": "dvd",
    "electronics": "electronics",
    "kitchen": "kitchen_&_housewares",
}
WIDTH = 5000  # terms in the ready bags of words
TEXT = re.compile(r"<(title|review_text)>\n(.*?)\n</\1>", re.DOTALL)


class Bags(NamedTuple):
    """Counts of terms of one side of a domain, labels (0 negative, 1 positive) and names."""

    counts: Any  # scipy.sparse matrix, (n, d)
    labels: Tensor
    ids: tuple[str, ...]


class AmazonReviews(FeatureTask):
    """Positive or negative reviews of books, DVDs, electronics and kitchen wares.

    Blitzer et al., *Biographies, Bollywood, Boom-boxes and Blenders: Domain Adaptation for
    Sentiment Classification*, ACL 2007. https://aclanthology.org/P07-1056/

    - ``msda``: the 5,000 most frequent uni- and bigrams, counted by Chen et al., *Marginalized
      Denoising Autoencoders for Domain Adaptation*, ICML 2012, and used by Ganin et al., JMLR
      2016, Table 1: 2,000 training samples a domain, and 3,586 to 5,945 test samples.
    - ``reviews``: the labelled reviews themselves, titles and texts, 1,000 of each class a domain;
      a fifth are test samples, as in Blitzer et al. (their draw is not known), chosen by a hash
      of the text, so that copies of one review stay together. Terms are the most frequent uni- and
      bigrams.

    Terms and their inverse document frequencies come from the training inputs of all four domains,
    whichever are source and target: they need no label, and are the same for each pair.

    Args:
        source: Name of the labelled domain.
        target: Name of the unlabelled domain.
        representation: Where the bags of words come from.
        weighting: Number of times that a term occurs, whether it occurs, or tf-idf with
            Euclidean length 1.
        terms: Size of the vocabulary of ``reviews``; that of ``msda`` is 5,000.
        root: Data root; see :mod:`da.acquisition`.
        **kwargs: See :class:`FeatureTask`.

    Raises:
        ValueError: If the vocabulary has no term, or is chosen for ``msda``.
    """

    domains = tuple(FOLDERS)
    num_classes = 2

    def __init__(
        self,
        source: str,
        target: str,
        *,
        representation: Representation = "msda",
        weighting: Weighting = "counts",
        terms: int = WIDTH,
        root: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(source, target, **kwargs)
        if terms < 1 or (representation == "msda" and terms != WIDTH):
            raise ValueError(
                f"a vocabulary has at least 1 term, and that of msda has {WIDTH:,}; got "
                f"{terms=}; choose the representation reviews for a vocabulary of another size"
            )
        self.representation, self.weighting = representation, weighting
        self.terms, self.root = terms, root

    @property
    def in_channels(self) -> int:  # type: ignore[override]
        return self.terms

    @property
    def class_names(self) -> list[str]:
        return ["negative", "positive"]

    def domain(self, name: str) -> Domain:
        self._check_domain(name)
        if self.representation == "msda":
            sides = _ready(file("amazon-reviews", "msda_svmlight.tar.gz", self.root))
        else:
            path = file("amazon-reviews", "sorted_data_acl.tar.gz", self.root)
            sides = _counted(path, self.terms)
        frequencies = _frequencies(sides) if self.weighting == "tf-idf" else None
        train, test = (self._samples(sides[name, s], frequencies) for s in ("train", "test"))
        return Domain(train, test)

    def _samples(self, bags: Bags, frequencies: Any) -> Samples:
        counts = bags.counts
        if self.weighting == "tf-idf":
            inputs = frequencies.transform(counts).toarray().astype(np.float32)
        elif self.weighting == "binary":
            inputs = (counts > 0).toarray().astype(np.uint8)
        else:
            # a byte is enough for nearly any text, and a quarter of the memory
            inputs = counts.astype(np.uint8 if counts.max() < 256 else np.float32).toarray()
        return Samples(torch.from_numpy(inputs), bags.labels, bags.ids)


@cache
def _ready(path: Path) -> dict[tuple[str, str], Bags]:
    from sklearn.datasets import load_svmlight_file

    keys = {
        f"msda_svmlight/{name}_{side}.svmlight": (name, side)
        for name in FOLDERS
        for side in ("train", "test")
    }
    sides = {}
    for member, content in _members(path, keys).items():
        name, side = keys[member]
        counts, signs = load_svmlight_file(io.BytesIO(content), n_features=WIDTH)
        ids = tuple(f"{name}-{side}-{i:04d}" for i in range(len(signs)))
        sides[name, side] = Bags(counts, torch.from_numpy(signs > 0).long(), ids)
    return sides


@cache
def _counted(path: Path, terms: int) -> dict[tuple[str, str], Bags]:
    from sklearn.feature_extraction.text import CountVectorizer

    texts, labels, ids = {}, {}, {}
    for name, reviews in _texts(path).items():
        written = [text for text, _ in reviews]
        sentiment = torch.tensor([label for _, label in reviews])
        names = _ids(name, written)
        for side, index in zip(("train", "test"), holdout(names, 0.2, "test"), strict=True):
            texts[name, side] = [written[i] for i in index]
            labels[name, side] = sentiment[index]
            ids[name, side] = tuple(names[i] for i in index)
    vectorizer = CountVectorizer(ngram_range=(1, 2), max_features=terms)
    vectorizer.fit(t for (_, side), group in texts.items() if side == "train" for t in group)
    if (found := len(vectorizer.vocabulary_)) < terms:
        raise ValueError(
            f"the training texts of {path} have {found} uni- and bigrams; choose at most as many "
            f"terms, not {terms}"
        )
    return {k: Bags(vectorizer.transform(texts[k]), labels[k], ids[k]) for k in texts}


def _texts(path: Path) -> dict[str, list[tuple[str, int]]]:
    """Return title and text, and the label, of each review of each domain."""
    members = {
        f"sorted_data_acl/{folder}/{sentiment}.review": (name, label)
        for name, folder in FOLDERS.items()
        for label, sentiment in enumerate(("negative", "positive"))
    }
    domains: dict[str, list[tuple[str, int]]] = {name: [] for name in FOLDERS}
    contents = _members(path, members)
    for member, (name, label) in members.items():
        for review in contents[member].decode("latin-1").split("</review>")[:-1]:
            fields = [text.strip() for _, text in TEXT.findall(review)]
            if len(fields) < 1:
                raise ValueError(f"{member} in {path} has a review without a text; get it again")
            domains[name].append(("\n".join(fields), label))
    return domains


def _ids(name: str, texts: Iterable[str]) -> list[str]:
    """Name reviews by their content: copies share a name but for their number.

    The position in the file would give away the label.
    """
    seen: Counter[str] = Counter()
    ids = []
    for text in texts:
        original = f"{name}-{hashlib.sha256(text.encode()).hexdigest()[:16]}"
        ids.append(f"{original}#{seen[original]}")
        seen[original] += 1
    return ids


def _frequencies(sides: dict[tuple[str, str], Bags]) -> Any:
    from scipy.sparse import vstack
    from sklearn.feature_extraction.text import TfidfTransformer

    trained: list[NDArray[Any]] = [b.counts for (_, side), b in sides.items() if side == "train"]
    return TfidfTransformer().fit(vstack(trained))


def _members(path: Path, wanted: Iterable[str]) -> dict[str, bytes]:
    """Read files of an archive into memory; nothing is written to disk."""
    missing, found = set(wanted), {}
    with tarfile.open(path) as archive:
        for member in archive:
            name = member.name.removeprefix("./")
            if name in missing and (stream := archive.extractfile(member)):
                found[name] = stream.read()
                missing.remove(name)
    if missing:
        raise ValueError(f"{path} does not hold {sorted(missing)[0]}; get the archive again")
    return found
