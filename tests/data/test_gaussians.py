import numpy as np
import pytest
import torch

from da.data.gaussians import Gaussians, aligned_risk, source_only_risk

MU = 1.5
# delta, prior, source-only's risk, risk after alignment of the means, and what that gains in points
RISKS = [
    (0.0, 0.5, 0.0668, 0.0668, 0),
    (0.0, 0.7, 0.0668, 0.1342, -6.74),
    (0.0, 0.9, 0.0668, 0.3442, -27.74),
    (1.0, 0.5, 0.1574, 0.0668, 9.06),
    (0.5, 0.6, 0.0771, 0.0834, -0.63),
    (1.0, 0.6, 0.1271, 0.0834, 4.37),
    (1.0, 0.7, 0.0969, 0.1342, -3.73),
    (1.0, 0.9, 0.0364, 0.3442, -30.78),
    (-1.0, 0.7, 0.2178, 0.1342, 8.36),
    (-1.0, 0.9, 0.2783, 0.3442, -6.59),
]


@pytest.mark.parametrize(("delta", "prior", "source_only", "aligned", "points"), RISKS)
def test_risks_have_their_published_values(delta, prior, source_only, aligned, points):
    before, after = source_only_risk(MU, delta, prior), aligned_risk(MU, prior)
    assert (before, after) == pytest.approx((source_only, aligned), abs=5e-5)
    assert 100 * (before - after) == pytest.approx(points, abs=0.005)


@pytest.mark.parametrize(("delta", "prior"), [(1.0, 0.9), (-1.0, 0.7), (0.5, 0.6)])
def test_risks_agree_with_monte_carlo(delta, prior):
    rng, n = np.random.default_rng(0), 400_000
    y = np.where(rng.random(n) < prior, 1, -1)
    x = y * MU + delta + rng.standard_normal(n)
    mean = delta + (2 * prior - 1) * MU  # that of the source is 0
    spread = (1 + 4 * prior * (1 - prior) * MU**2) ** 0.5
    assert x.mean() == pytest.approx(mean, abs=4 * spread / n**0.5)
    before, after = source_only_risk(MU, delta, prior), aligned_risk(MU, prior)
    for threshold, risk in ((0, before), (x.mean(), after)):
        error = (risk * (1 - risk) / n) ** 0.5
        assert np.mean((x > threshold) != (y > 0)) == pytest.approx(risk, abs=4 * error)


@pytest.mark.parametrize(
    ("delta", "prior"), [(0.5, 0.58586), (1.0, 0.65922), (-0.5, 2 / 3), (-1.0, 5 / 6)]
)
def test_alignment_breaks_even_at_the_known_prior(delta, prior):
    assert source_only_risk(MU, delta, prior) == pytest.approx(aligned_risk(MU, prior), abs=2e-6)


@pytest.mark.parametrize(("delta", "prior"), [(1.0, 0.9), (-1.0, 0.7)])
def test_drawn_target_has_the_risks_of_the_formulas(delta, prior):
    target = Gaussians(delta=delta, prior=prior, size=100_000).domain("target").test
    x, y = target.inputs.squeeze(1), target.labels
    source_only = ((x > 0).long() != y).double().mean().item()
    aligned = ((x > x.mean()).long() != y).double().mean().item()
    assert source_only == pytest.approx(source_only_risk(MU, delta, prior), abs=6e-3)
    assert aligned == pytest.approx(aligned_risk(MU, prior), abs=6e-3)


def test_each_domain_has_its_prior_and_its_means():
    task = Gaussians(mu=2.0, delta=3.0, prior=0.25, size=4000)
    for name, prior, shift in (("source", 0.5, 0), ("target", 0.25, 3)):
        for side in (task.domain(name).train, task.domain(name).test):
            assert side.inputs.shape == (4000, 1)
            assert side.labels.float().mean().item() == prior
            for label, centre in ((0, -2), (1, 2)):
                x = side.inputs[side.labels == label]
                assert x.mean().item() == pytest.approx(centre + shift, abs=0.12)
                assert x.std().item() == pytest.approx(1, abs=0.1)


def test_draws_depend_on_the_domain_and_the_side_but_on_no_seed():
    first, second = Gaussians(size=50, seed=0), Gaussians(size=50, seed=1)
    draws = []
    for name in Gaussians.domains:
        for side in ("train", "test"):
            samples, again = (getattr(t.domain(name), side) for t in (first, second))
            assert torch.equal(samples.inputs, again.inputs)
            assert samples.ids == again.ids
            draws.append(samples)
    noise = {
        tuple((d.inputs - 1.5 * (2 * d.labels[:, None] - 1)).flatten().tolist()) for d in draws
    }
    assert len(noise) == 4
    assert len({i for d in draws for i in d.ids}) == 200


def test_tasks_differ_by_their_parameters_alone():
    plain, moved = Gaussians(size=50), Gaussians(size=50, delta=2.0)
    difference = moved.domain("target").train.inputs - plain.domain("target").train.inputs
    torch.testing.assert_close(difference, torch.full((50, 1), 2.0))
    assert torch.equal(moved.domain("source").train.inputs, plain.domain("source").train.inputs)


@pytest.mark.parametrize("options", [{"prior": 0.0}, {"prior": 1.2}, {"size": 1}])
def test_refuses_a_prior_or_a_size_out_of_range(options):
    with pytest.raises(
        ValueError, match=r"a prior lies in \(0, 1\) and .* at least 2 samples; got"
    ):
        Gaussians(**options)


def test_refuses_a_domain_that_does_not_exist():
    with pytest.raises(ValueError, match=r"Gaussians has no domain 'targets'; .*'target'"):
        Gaussians(target="targets")
