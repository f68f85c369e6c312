import pytest
import torch
from torch.nn import functional as F

from da.losses import contrastive_discrepancy
from da.methods import CAN
from da.methods.can import spherical_kmeans
from da.schedules import constant
from tests.methods.terms import S4, SOURCE, T3, TARGET, at


def blobs(n=40):
    rng = torch.Generator().manual_seed(0)
    means = torch.eye(3).repeat_interleave(n, 0)
    return F.normalize(means + 0.15 * torch.randn(3 * n, 3, generator=rng))


def test_clusters_are_those_of_the_blobs():
    start = F.normalize(torch.tensor([[1.0, 0.8, 0], [0, 1, 0.8], [0.8, 0, 1]]))
    centres, assigned = spherical_kmeans(blobs(), start)
    assert torch.equal(assigned, torch.arange(3).repeat_interleave(40))
    expected = F.normalize(blobs().reshape(3, 40, 3).sum(1))
    torch.testing.assert_close(centres, expected)


def test_a_centre_without_points_stays():
    start = torch.cat([torch.eye(3), -F.normalize(torch.ones(1, 3))])
    centres, assigned = spherical_kmeans(blobs(), start)
    assert torch.equal(centres[3], start[3])
    assert assigned.max() == 2


def test_term_is_that_of_the_samples_near_a_centre_of_a_class_that_was_found(build):
    method = at(build(CAN, weight=2.0, ramp=constant, farthest=0.1), step=7, steps=10)
    method.centres = F.normalize(torch.tensor([[1.0, 1], [0, 1], [1, -1]]))
    method.found = torch.tensor([True, True, False])
    # Rows of the target: on the first centre, near it, and on the second.
    loss = method.adaptation_loss(SOURCE, TARGET)
    assigned = torch.tensor([0, 0, 1])
    expected = contrastive_discrepancy(S4, T3, SOURCE.labels, assigned, num_classes=3)
    torch.testing.assert_close(loss, 2 * expected)
    assert method.monitored["labelled"] == 1
    strict = at(build(CAN, ramp=constant, farthest=0.001), step=7, steps=10)
    strict.centres, strict.found = method.centres, torch.tensor([True, False, False])
    value = strict.adaptation_loss(SOURCE, TARGET)
    expected = contrastive_discrepancy(S4, T3[:1], SOURCE.labels, torch.tensor([0]), num_classes=3)
    torch.testing.assert_close(value, expected)
    assert strict.monitored["labelled"] == pytest.approx(1 / 3)


def test_clusters_at_the_first_step_and_after_each_refresh(build, stripes, trainer, monkeypatch):
    steps = []
    cluster = CAN.cluster

    def counted(self):
        assert self.training
        cluster(self)
        assert self.training
        steps.append(self.global_step)

    monkeypatch.setattr(CAN, "cluster", counted)
    method = build(CAN, refresh=3)
    trainer(max_steps=7).fit(method, stripes())
    assert steps == [0, 3, 6]
    torch.testing.assert_close(method.centres.norm(dim=1), torch.ones(3))


def test_centres_start_at_the_classes_of_the_source_and_move_to_the_target(build, stripes, trainer):
    task, method = stripes(), build(CAN, weight=0.1)
    trainer(max_steps=60).fit(method, task)
    method.cluster()
    target = torch.cat(list(task.adaptation_dataloader()))
    unit = F.normalize(method.eval().backbone(target)).detach()
    assigned = (unit @ method.centres.T).argmax(1)
    for c in assigned.unique():
        expected = F.normalize(unit[assigned == c].sum(0), dim=0)
        torch.testing.assert_close(method.centres[c], expected, rtol=1e-4, atol=1e-5)
    near = (1 - (unit @ method.centres.T).max(1).values) / 2 < 0.05
    counts = torch.bincount(assigned[near], minlength=3)
    assert torch.equal(method.found, counts >= 3)


@pytest.mark.parametrize("options", [{"refresh": 0}, {"farthest": 0.0}])
def test_refuses_to_cluster_never_or_nothing(build, options):
    with pytest.raises(ValueError, match="every so many steps, with a positive radius; got"):
        build(CAN, **options)
