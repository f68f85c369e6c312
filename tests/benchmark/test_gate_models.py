"""What trained networks show: the numbers of a benchmark's record, without a target label."""

from dataclasses import fields
from functools import partial

import numpy as np
import pytest
import torch

from da.backbones import DigitCNN
from da.benchmark.gate_models import look
from da.methods import AdaBN, SourceOnly


@pytest.fixture
def network(build):
    return build(SourceOnly)


def test_numbers_are_those_of_the_networks_logits(network, stripes):
    task = stripes()
    seen = look(network, task)
    data = task.training_data
    with torch.no_grad():
        source, target = (
            torch.cat([network(x) for x in task.evaluation(samples)])
            for samples in (data.source_val.without_labels(), data.target_val)
        )
    right = source.argmax(1) == data.source_val.labels
    assert seen.source_accuracy == pytest.approx(right.double().mean().item())
    assert seen.source_prior == pytest.approx(np.full(3, 1 / 3))
    np.testing.assert_array_equal(seen.predictions, target.argmax(1))
    np.testing.assert_allclose(seen.mean_probabilities, target.softmax(1).mean(0), rtol=1e-6)
    assert seen.predicted_shares.sum() == pytest.approx(1)
    assert seen.target_prior.sum() == pytest.approx(1)
    # the threshold keeps as many source samples as are right
    surest = source.softmax(1).amax(1).sort().values[int((~right).sum())]
    share = (target.softmax(1).amax(1) >= surest).double().mean().item()
    assert seen.estimated_accuracy == pytest.approx(share)


def test_target_labels_change_nothing(network, stripes):
    class Blind(stripes):
        @property
        def report_data(self):
            raise AssertionError("the labelled target was read")

    seen, garbled = look(network, Blind()), look(network, Blind(relabel=lambda y: 2 - y))
    for field in fields(seen):
        np.testing.assert_array_equal(getattr(seen, field.name), getattr(garbled, field.name))


def test_statistics_are_each_domains_own(build, stripes):
    options = {"network": partial(DigitCNN, channels=(2, 3), out_features=8, batch_norm=True)}
    plain, adapted = (look(build(cls, **options), stripes()) for cls in (SourceOnly, AdaBN))
    assert plain.source_accuracy == adapted.source_accuracy
    assert not np.allclose(plain.mean_probabilities, adapted.mean_probabilities)


def test_logits_that_are_not_finite_are_told(network, stripes):
    with torch.no_grad():
        network.classifier.bias.fill_(float("nan"))
    with pytest.raises(FloatingPointError, match="the SourceOnly network returns logits that are"):
        look(network, stripes())
