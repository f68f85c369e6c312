"""Golden values: the table of planned designs, and designs that are drawn as large as planned."""

import numpy as np
import pytest

from da.transfer import (
    VarianceComponents,
    growth_needed,
    planned_detectable,
    projected_detectable,
    resolution,
    seeds_needed,
    twc,
    variance_components,
)

#: Seeds alone vary: one with a standard deviation of 1 over five of them.
SEEDS = VarianceComponents(0.2, 0.0, 0.0, 0.2)


def design(rng, seeds, items, *, by_seed=0.02, by_item=0.2, both=0.3):
    return (
        rng.normal(0, by_seed, (seeds, 1))
        + rng.normal(0, by_item, (1, items))
        + rng.normal(0, both, (seeds, items))
    )


@pytest.mark.parametrize("seeds", [3, 5, 10])
def test_more_seeds_are_worth_what_a_paired_t_test_says(seeds):
    found = projected_detectable(SEEDS, 5, 10**9, times_seeds=seeds / 5)
    assert found == pytest.approx(planned_detectable(seeds), rel=1e-6)


@pytest.mark.parametrize(("seeds", "ratio"), [(3, 3.264), (5, 1.682), (10, 0.996)])
def test_published_ratios_of_what_is_found_to_the_spread_over_seeds(seeds, ratio):
    found = projected_detectable(SEEDS, 5, 10**9, times_seeds=seeds / 5)
    assert found == pytest.approx(ratio, abs=5e-4)


def test_the_design_as_it_is_finds_what_its_interval_says():
    d = design(np.random.default_rng(0), 5, 300, by_seed=0.1)
    found = projected_detectable(variance_components(d), 5, 300)
    assert found == pytest.approx(resolution(twc(d)).detectable)


def test_a_design_as_large_as_projected_finds_as_much():
    rng = np.random.default_rng(1)
    small = [variance_components(design(rng, 10, 200)) for _ in range(60)]
    projected = [projected_detectable(p, 10, 200, times_seeds=2.0, times_items=4.0) for p in small]
    large = [resolution(twc(design(rng, 20, 800))).detectable for _ in range(60)]
    assert np.median(projected) == pytest.approx(np.median(large), rel=0.15)


def test_seeds_that_are_needed_are_the_fewest():
    number = seeds_needed(SEEDS, 5, 10**9, 1.0)
    assert number == 10  # 10 seeds find .996 standard deviations, the table says
    assert projected_detectable(SEEDS, 5, 10**9, times_seeds=9 / 5) > 1.0


def test_no_number_of_seeds_makes_up_for_few_items():
    items = VarianceComponents(1e-6, 1e-4, 0.0, 1.01e-4)
    assert seeds_needed(items, 5, 100, 0.01) is None
    assert seeds_needed(items, 5, 100, 0.05) == 2


def test_seeds_and_items_together_are_enough_for_any_difference():
    parts = variance_components(design(np.random.default_rng(2), 5, 300))
    for difference in (0.01, 0.02, 0.04):
        times = growth_needed(parts, 5, 300, difference)
        found = projected_detectable(parts, 5, 300, times_seeds=times, times_items=times)
        assert 0.98 * difference <= found <= difference
    assert growth_needed(parts, 5, 300, 1.0) == 1.0


def test_nothing_varies_and_everything_is_found():
    none = VarianceComponents(0.0, 0.0, 0.0, 0.0)
    assert projected_detectable(none, 3, 10) == 0.0
    assert seeds_needed(none, 3, 10, 0.01) == 2


def test_bad_arguments_raise():
    with pytest.raises(ValueError, match="one seed tells nothing about more of them; got 1"):
        projected_detectable(SEEDS, 1, 10)
    with pytest.raises(ValueError, match=r"is more than 0; got 0\.0"):
        growth_needed(SEEDS, 5, 10, 0.0)
