import io
import tarfile

import numpy as np
import pytest
import torch
from sklearn.datasets import dump_svmlight_file
from sklearn.feature_extraction.text import TfidfTransformer

from da.acquisition import checksums
from da.data import AmazonReviews
from da.data.amazon_reviews import FOLDERS

WORDS = [f"word{chr(97 + i)}" for i in range(26)]
REVIEW = """<review>
<unique_id>
{n}:a_title
</unique_id>
<rating>
{rating}
</rating>
<title>
{title}
</title>
<review_text>
{text}
</review_text>
</review>
"""


def archive(path, members):
    path.parent.mkdir(exist_ok=True)
    with tarfile.open(path, "w:gz") as tar:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))


def counts(seed, rows):
    """Counts of 5,000 terms, one of which occurs 84 times, as one of books does."""
    rng = np.random.default_rng(seed)
    matrix = (rng.random((rows, 5000)) < 0.02) * rng.integers(1, 6, (rows, 5000))
    matrix[0, 4999] = 84
    return matrix


def svmlight(seed, rows):
    stream = io.BytesIO()
    signs = np.where(np.arange(rows) % 3 == 0, 1, -1)
    dump_svmlight_file(counts(seed, rows), signs, stream, zero_based=False)
    return stream.getvalue()


@pytest.fixture
def root(tmp_path, monkeypatch):
    """Both archives in their layout, small; what verifies the true ones is tested where it is."""
    monkeypatch.setattr(checksums, "verify", lambda path, file: None)
    archive(
        tmp_path / "amazon_reviews" / "msda_svmlight.tar.gz",
        {
            f"msda_svmlight/{name}_{side}.svmlight": svmlight(seed, rows)
            for seed, name in enumerate(FOLDERS)
            for side, rows in (("train", 20), ("test", 30))
        },
    )
    rng = np.random.default_rng(0)
    members = {"sorted_data_acl/summary.txt": b"not a review"}
    for folder in FOLDERS.values():
        for sentiment, rating in (("positive", 5.0), ("negative", 1.0)):
            texts = [" ".join(rng.choice(WORDS, 12)) + " café" for _ in range(50)]
            texts[7] = texts[3]  # a copy, as there are
            reviews = [
                REVIEW.format(n=i, rating=rating, title="My Title", text=text)
                for i, text in enumerate(texts)
            ]
            members[f"sorted_data_acl/{folder}/{sentiment}.review"] = "".join(reviews).encode(
                "latin-1"
            )
    archive(tmp_path / "amazon_reviews" / "sorted_data_acl.tar.gz", members)
    return str(tmp_path)


def reviews(root, source="books", target="kitchen", **options):
    options = {"terms": 60, **options}
    return AmazonReviews(source, target, representation="reviews", root=root, **options)


def test_ready_counts_are_bytes_with_a_test_side(root):
    task = AmazonReviews("books", "dvd", root=root)
    domain = task.domain("books")
    assert (len(domain.train), len(domain.test)) == (20, 30)
    assert domain.train.inputs.dtype == torch.uint8
    assert torch.equal(domain.train.inputs, torch.from_numpy(counts(0, 20)).byte())
    assert domain.train.labels.tolist() == [int(i % 3 == 0) for i in range(20)]
    assert (task.in_channels, task.class_names) == (5000, ["negative", "positive"])
    batch = next(iter(task.evaluation(domain.train)))[0]
    assert batch.dtype == torch.float32
    assert batch.max() == 84


def test_binary_says_whether_a_term_occurs(root):
    inputs = AmazonReviews("books", "dvd", root=root, weighting="binary").domain("dvd").test.inputs
    assert torch.equal(inputs, torch.from_numpy(counts(1, 30) > 0).byte())


def test_inverse_document_frequencies_are_of_all_training_reviews_and_no_test_review(root):
    train = np.concatenate([counts(seed, 20) for seed in range(4)])
    reference = TfidfTransformer().fit(train).transform(counts(1, 30)).toarray()
    task = AmazonReviews("books", "dvd", root=root, weighting="tf-idf")
    np.testing.assert_allclose(task.domain("dvd").test.inputs, reference, atol=1e-6)


def test_reviews_are_counted_title_and_text(root):
    task = reviews(root)
    domain = task.domain("kitchen")
    assert len(domain.train) + len(domain.test) == 100
    assert torch.bincount(torch.cat([domain.train.labels, domain.test.labels])).tolist() == [50, 50]
    # 12 words, "café" and the two of the title: each is a unigram, and some bigrams are terms too
    assert (domain.train.inputs.sum(1) >= 15).all()


def test_the_ids_of_reviews_give_no_label_away_and_keep_copies_together(root):
    domain = reviews(root).domain("books")
    sides = [{i.split("#")[0] for i in side.ids} for side in (domain.train, domain.test)]
    assert not sides[0] & sides[1]
    assert len(sides[0] | sides[1]) == 98  # two copies
    assert all("positive" not in i and i.startswith("books-") for i in domain.train.ids)


def test_what_is_read_of_one_domain_does_not_depend_on_the_other(root):
    for weighting in ("counts", "tf-idf"):
        one, other = (reviews(root, target=t, weighting=weighting) for t in ("dvd", "kitchen"))
        for part in ("source_train", "source_val"):
            first, second = (getattr(t.training_data, part) for t in (one, other))
            assert torch.equal(first.inputs, second.inputs)


def test_exchanged_target_labels_change_nothing_that_training_sees(root, tmp_path, monkeypatch):
    one = reviews(root, weighting="tf-idf")
    name = "sorted_data_acl/kitchen_&_housewares/{}.review"
    path = tmp_path / "amazon_reviews" / "sorted_data_acl.tar.gz"
    with tarfile.open(path) as tar:
        contents = {m.name: tar.extractfile(m).read() for m in tar}
    exchanged = {name.format("positive"): name.format("negative")}
    exchanged |= {new: old for old, new in exchanged.items()}
    other_root = tmp_path / "other"
    other_root.mkdir()
    members = {exchanged.get(k, k): v for k, v in contents.items()}
    archive(other_root / "amazon_reviews" / "sorted_data_acl.tar.gz", members)
    other = reviews(str(other_root), weighting="tf-idf")
    for part in ("source_train", "target_adapt", "target_val"):
        first, second = (getattr(t.training_data, part) for t in (one, other))
        rows = [dict(zip(s.ids, s.inputs, strict=True)) for s in (first, second)]
        assert rows[0].keys() == rows[1].keys()
        assert all(torch.equal(rows[0][i], rows[1][i]) for i in rows[0])
    labels = [
        dict(zip(t.report_data.test.ids, t.report_data.test.labels.tolist(), strict=True))
        for t in (one, other)
    ]
    assert labels[0] == {i: 1 - label for i, label in labels[1].items()}


def test_a_vocabulary_fits_the_texts_and_the_representation(root):
    with pytest.raises(ValueError, match="have .* uni- and bigrams; choose at most as many terms"):
        reviews(root, terms=5000).domain("dvd")
    with pytest.raises(ValueError, match="that of msda has 5,000; got terms=60; choose the repr"):
        AmazonReviews("books", "dvd", terms=60, root=root)
    with pytest.raises(ValueError, match="a vocabulary has at least 1 term"):
        reviews(root, terms=0)


def test_an_archive_without_a_file_is_named(root, tmp_path):
    archive(tmp_path / "amazon_reviews" / "msda_svmlight.tar.gz", {"LICENSE": b"BSD"})
    with pytest.raises(ValueError, match="msda_svmlight.tar.gz does not hold msda_svmlight/books"):
        AmazonReviews("books", "dvd", root=root).domain("books")


def test_an_archive_that_is_not_the_published_one_is_never_parsed(tmp_path):
    archive(tmp_path / "amazon_reviews" / "msda_svmlight.tar.gz", {"LICENSE": b"BSD"})
    with pytest.raises(ValueError, match="msda_svmlight.tar.gz is corrupt"):
        AmazonReviews("books", "dvd", root=str(tmp_path)).domain("books")
