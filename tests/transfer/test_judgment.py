"""Golden values: the parts by themselves; error rates in simulations of equal models."""

import numpy as np
import pytest

from da.transfer import Verdict, judge, resolution, twc, verdict


def differences(rng, seeds=3, items=200, harm=0.0):
    """Two models that err on the same kind of items; the first is worse by about ``harm``."""
    hard = rng.beta(2, 1, items)
    first, second = (
        rng.uniform(size=(seeds, items)) < np.clip(hard + rng.normal(0, 0.02, (seeds, 1)) - h, 0, 1)
        for h in (harm, 0.0)
    )
    return first * 1.0 - second


def test_joins_the_verdict_with_what_was_resolved():
    d = differences(np.random.default_rng(0))
    judgment = judge(d, holm_p=0.3, materiality=0.02)
    assert judgment.verdict is verdict(twc(d), twc(d, level=0.9), 0.3, materiality=0.02)
    assert (judgment.half_width, judgment.detectable) == resolution(twc(d))
    assert judgment.adequate == (judgment.detectable <= 0.02)


def test_a_loss_must_survive_the_correction_for_its_table():
    d = np.zeros((1, 400))
    d[0, :8] = -1
    assert judge(d, materiality=0.05).verdict is Verdict.NEG
    assert judge(d, materiality=0.05, holm_p=0.06).verdict is Verdict.SAFE


def test_a_small_design_says_so():
    judgment = judge(differences(np.random.default_rng(1), items=30))
    assert judgment.verdict is Verdict.INCONCLUSIVE
    assert not judgment.adequate
    assert f"a difference of {100 * judgment.detectable:.2f} points" in judgment.sentence


def test_a_large_loss_is_found():
    judgment = judge(differences(np.random.default_rng(2), items=2000, harm=0.3), materiality=0.05)
    assert judgment.verdict is Verdict.NEG_MATERIAL


def test_equal_predictions_are_safe_and_tell_nothing_of_the_design():
    judgment = judge(np.zeros((3, 5)))
    assert judgment.verdict is Verdict.SAFE
    assert not judgment.adequate
    assert judgment.sentence.endswith("Nothing varied, so what could be found is unknown.")


def negative(d):
    interval = twc(d)
    return verdict(interval, twc(d, level=0.9), interval.p).negative


@pytest.mark.parametrize("seeds", [3, 5, 10])
def test_equal_models_are_rarely_called_harmful(seeds):
    rng = np.random.default_rng(seeds)
    assert np.mean([negative(differences(rng, seeds)) for _ in range(800)]) <= 0.05


def test_equal_models_of_one_seed_are_rarely_called_harmful():
    rng = np.random.default_rng(1)
    draws = rng.choice([-1.0, 0.0, 1.0], p=[0.1, 0.8, 0.1], size=(800, 1, 200))
    assert np.mean([negative(d) for d in draws]) <= 0.05


def test_one_seed_says_nothing_about_others():
    rng = np.random.default_rng(6)
    spread = [differences(rng, 1, 2000) + rng.normal(0, 0.1) for _ in range(100)]
    assert np.mean([negative(d) for d in spread]) > 0.2
