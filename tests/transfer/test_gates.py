"""Golden values: each threshold from both sides."""

from dataclasses import replace

import numpy as np
import pytest
from jaxtyping import config

from da.transfer import (
    Evidence,
    Thresholds,
    certificate_only,
    collapse_ratios,
    gate,
    gates,
    known_gates,
)

#: Each quantity exactly on its threshold, but for the certificate.
SOUND = Evidence(
    disagreement=0.3,
    margin=0.0,
    source_loss=0.03,
    prior_shift=0.15,
    marginal_aligning=True,
    estimated_gain=-0.01,
    items_per_class=5.0,
    entropy_ratio=0.5,
    share_ratio=3.0,
)
BEYOND = [
    ("validator_margin", {"margin": -0.001}),
    ("source_guard", {"source_loss": 0.031}),
    ("prior_guard", {"prior_shift": 0.151}),
    ("data_guard", {"items_per_class": 4.9}),
    ("collapse_guard", {"entropy_ratio": 0.49}),
    ("collapse_guard", {"share_ratio": 3.01}),
]


def test_all_guards_accept_on_their_thresholds():
    decision = gate(SOUND)
    assert decision.accept
    assert not decision.certified
    assert decision.shut == ("certificate",)


@pytest.mark.parametrize(("name", "change"), BEYOND)
def test_each_guard_can_refuse(name, change):
    decision = gate(replace(SOUND, **change))
    assert not decision.accept
    assert decision.shut == ("certificate", name)


@pytest.mark.parametrize("quantity", [next(iter(change)) for _, change in BEYOND])
def test_what_is_not_known_opens_no_gate(quantity):
    assert not gate(replace(SOUND, **{quantity: float("nan")})).accept


def test_a_certificate_accepts_whatever_the_guards_say():
    nan = float("nan")
    blind = Evidence(0.02, nan, nan, nan, True, nan, nan, nan, nan)
    assert gate(blind).accept
    assert gate(blind).certified
    assert not gate(replace(blind, disagreement=0.021)).accept
    assert not gate(replace(blind, disagreement=nan)).accept


def test_a_shift_of_the_prior_stops_marginal_aligning_methods_alone():
    shifted = replace(SOUND, prior_shift=0.5)
    assert not gate(shifted).accept
    assert gate(replace(shifted, marginal_aligning=False)).accept


def test_the_estimated_accuracy_is_reported_and_not_required():
    worse = replace(SOUND, estimated_gain=-0.02)
    assert gate(worse).accept
    assert gate(worse).shut == ("certificate", "accuracy_guard")
    assert gates(SOUND)["accuracy_guard"]


def test_rounding_shuts_no_gate():
    assert 0.93 - 0.90 > 0.03
    assert gates(replace(SOUND, source_loss=0.93 - 0.90))["source_guard"]


def test_thresholds_can_be_set():
    assert not gate(SOUND, Thresholds(margin=0.01)).accept
    assert gate(SOUND, Thresholds(disagreement=0.3)).certified


def test_collapse_ratios():
    even = np.full(4, 0.25)
    assert collapse_ratios(even, even, even) == pytest.approx((1, 1))
    one_class = np.array([1.0, 0, 0, 0])
    assert collapse_ratios(one_class, one_class, even) == pytest.approx((0, 4))
    two = np.array([0.5, 0.5, 0, 0])
    assert collapse_ratios(two, two, even) == pytest.approx((0.5, 2))
    assert collapse_ratios(two, two, two) == pytest.approx((1, 1))
    assert collapse_ratios(one_class, one_class, one_class) == (np.inf, 1)
    # confident on one class and undecided otherwise: the mean and the shares differ
    assert collapse_ratios(even, one_class, even) == pytest.approx((1, 4))


def test_other_classes_raise(monkeypatch):
    monkeypatch.setattr(config, "jaxtyping_disable", True)  # reach the check for users without
    even = np.full(4, 0.25)
    with pytest.raises(ValueError, match="got 4, 4 and 3"):
        collapse_ratios(even, even, np.full(3, 1 / 3))
    with pytest.raises(ValueError, match="got 0, 0 and 0"):
        collapse_ratios(even[:0], even[:0], even[:0])


@pytest.mark.parametrize(
    ("quantity", "name"),
    [("disagreement", "certificate"), *((next(iter(c)), n) for n, c in BEYOND)],
)
def test_a_gate_is_known_if_all_that_it_looks_at_is(quantity, name):
    unknown = replace(SOUND, **{quantity: float("nan")})
    assert [n for n, known in known_gates(unknown).items() if not known] == [name]
    assert all(known_gates(SOUND).values())
    assert known_gates(SOUND).keys() == gates(SOUND).keys()


def test_by_the_certificate_only_no_guard_accepts():
    limits = certificate_only(0.01)
    best = replace(SOUND, margin=1.0, estimated_gain=1.0, prior_shift=0.0)
    assert not gate(best, limits).accept
    assert gate(replace(best, disagreement=0.01), limits).certified
    assert not gate(replace(best, disagreement=0.02), limits).accept
