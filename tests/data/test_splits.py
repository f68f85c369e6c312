import hashlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import kstest

from da.data.splits import choose, few_of_each, fingerprint, holdout, rank, uniform

NAMES = st.lists(st.text("abc01", min_size=1, max_size=6), min_size=2, max_size=40, unique=True)


def test_rank_is_the_start_of_a_salted_sha256():
    digest = hashlib.sha256(b"salt:name").hexdigest()
    assert rank("name", "salt") == int(digest[:16], 16)


@settings(deadline=None, max_examples=50)
@given(NAMES, st.floats(0, 1))
def test_holds_out_the_share_asked_for_and_keeps_the_rest(names, fraction):
    stay, out = holdout(names, fraction, "salt")
    assert sorted(stay + out) == list(range(len(names)))
    assert len(out) == round(fraction * len(names))
    assert stay == sorted(stay)
    assert out == sorted(out)


@settings(deadline=None, max_examples=50)
@given(NAMES, st.randoms(use_true_random=False))
def test_reordering_moves_no_sample(names, random):
    _, before = holdout(names, 0.3, "salt")
    shuffled = names.copy()
    random.shuffle(shuffled)
    _, after = holdout(shuffled, 0.3, "salt")
    assert {names[i] for i in before} == {shuffled[i] for i in after}


@settings(deadline=None, max_examples=50)
@given(NAMES)
def test_adding_a_sample_moves_at_most_one_other(names):
    _, before = holdout(names[:-1], 0.3, "salt")
    _, after = holdout(names, 0.3, "salt")
    moved = {names[i] for i in before} ^ {names[i] for i in after if i != len(names) - 1}
    assert len(moved) <= 1


def test_copies_of_an_original_stay_on_one_side():
    ids = [f"d/{i}#{copy}" for i in range(50) for copy in range(4)]
    stay, out = holdout(ids, 0.2, "salt")
    assert len(out) == 40
    assert not {ids[i].split("#")[0] for i in stay} & {ids[i].split("#")[0] for i in out}


def test_each_stratum_gives_the_same_share():
    ids = [f"d/{i}" for i in range(100)]
    strata = [0] * 20 + [1] * 80
    _, out = holdout(ids, 0.25, "salt", strata)
    assert sum(i < 20 for i in out) == 5
    assert sum(i >= 20 for i in out) == 20


def test_another_salt_is_another_split():
    ids = [f"d/{i}" for i in range(1000)]
    first, second = (set(holdout(ids, 0.5, salt)[1]) for salt in ("one", "two"))
    # independent halves share a quarter of all, within 5 standard deviations (hypergeometric: 7.9)
    assert len(first & second) == pytest.approx(250, abs=40)


def test_fingerprint_is_the_sha256_of_the_sorted_ids():
    assert fingerprint(["b", "a"]) == hashlib.sha256(b"a\nb").hexdigest()
    assert fingerprint(["a", "b"]) != fingerprint(["a", "c"])


def test_uniform_numbers_are_shares_of_the_range_of_a_rank():
    ids = [f"x-{i}" for i in range(4000)]
    numbers = uniform(ids, "salt")
    assert numbers[7].item() == pytest.approx(rank("x-7", "salt") / 2**64, abs=1e-15)
    assert numbers.min() >= 0
    assert numbers.max() < 1
    assert kstest(numbers, "uniform").pvalue > 1e-3
    assert abs(np.corrcoef(numbers, uniform(ids, "other"))[0, 1]) < 0.06


def test_no_rank_is_rounded_to_one(monkeypatch):
    monkeypatch.setattr("da.data.splits.rank", lambda name, salt: 2**64 - 1)
    assert uniform(["x"], "salt").item() < 1


@given(names=NAMES, size=st.integers(0, 12))
@settings(max_examples=40, deadline=None)
def test_a_choice_holds_all_copies_of_so_many_originals_and_every_smaller_choice(names, size):
    ids = [f"{name}#{copy}" for name in names for copy in range(3)]
    chosen = choose(ids, size, "salt")
    assert chosen == sorted(chosen)
    kept = {ids[i].split("#")[0] for i in chosen}
    assert len(kept) == min(size, len(names))
    assert len(chosen) == 3 * len(kept)
    assert set(chosen) <= set(choose(ids, size + 1, "salt"))
    backwards = choose(ids[::-1], size, "salt")
    assert {ids[::-1][i] for i in backwards} == {ids[i] for i in chosen}


def test_few_of_each_class_are_those_of_lowest_rank():
    names, classes = [f"{i:02d}" for i in range(20)], [i % 2 for i in range(20)]
    chosen = few_of_each(names, classes, 3, "salt")
    expected = [
        i for c in (0, 1) for i in sorted(range(c, 20, 2), key=lambda i: rank(names[i], "salt"))[:3]
    ]
    assert chosen == sorted(expected)
