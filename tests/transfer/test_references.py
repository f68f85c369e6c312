"""Golden values: paired intervals of each difference."""

import numpy as np
import pytest
from jaxtyping import config

from da.transfer import chance_level, differences_from_references, twc


def models(count):
    rng = np.random.default_rng(0)
    return [rng.uniform(size=(3, 80)) < p for p in np.linspace(0.5, 0.9, count)]


def test_each_reference_has_its_interval():
    adapted, so, adabn, few, ceiling = models(5)
    result = differences_from_references(
        adapted, so, chance=0.1, source_only_adabn=adabn, target_only={5: few, None: ceiling}
    )
    assert result.source_only == twc(adapted * 1.0 - so)
    assert result.source_only_adabn == twc(adapted * 1.0 - adabn)
    assert dict(result.target_only) == {
        5: twc(adapted * 1.0 - few),
        None: twc(adapted * 1.0 - ceiling),
    }
    assert result.chance.estimate == pytest.approx(adapted.mean() - 0.1)
    assert result.chance.half_width == pytest.approx(twc(adapted * 1.0).half_width)


def test_references_that_were_not_run_are_left_out():
    adapted, so = models(2)
    result = differences_from_references(adapted, so, chance=0.5)
    assert result.source_only_adabn is None
    assert result.target_only == {}


def test_level_and_weights_reach_every_interval():
    adapted, so = models(2)
    weights = np.random.default_rng(1).exponential(size=80)
    weights /= weights.mean()
    result = differences_from_references(adapted, so, chance=0.1, weights=weights, level=0.9)
    assert result.source_only == twc(adapted * 1.0 - so, weights=weights, level=0.9)
    assert result.chance == twc(adapted - 0.1, weights=weights, level=0.9)


@pytest.mark.parametrize(
    ("prior", "level"), [([0.25] * 4, 0.25), ([0.7, 0.2, 0.1], 0.7), ([1.0, 0.0], 1.0)]
)
def test_chance_is_the_majority(prior, level):
    assert chance_level(np.array(prior)) == level


def test_bad_arguments_raise(monkeypatch):
    monkeypatch.setattr(config, "jaxtyping_disable", True)  # reach the check for users without
    adapted, so = models(2)
    with pytest.raises(ValueError, match=r"source-only needs the seeds.*got \(2, 80\)"):
        differences_from_references(adapted, so[1:], chance=0.1)
    with pytest.raises(ValueError, match=r"target-only\(all\) needs the seeds"):
        differences_from_references(adapted, so, chance=0.1, target_only={None: so[:, 1:]})
    with pytest.raises(ValueError, match=r"an accuracy in \[0, 1\]; got 10"):
        differences_from_references(adapted, so, chance=10.0)
    with pytest.raises(ValueError, match=r"sum to 1; got \[0.5, 0.4\]"):
        chance_level(np.array([0.5, 0.4]))
