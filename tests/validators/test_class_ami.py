"""Golden values: scikit-learn, on clusters that are plain to see."""

import math

import pytest
import torch
from sklearn.metrics import adjusted_mutual_info_score

from da.validators import class_ami

from .examples import confident, source, target

CLUSTERS = torch.tensor([0, 0, 1, 1, 2, 2])
PREDICTED = torch.tensor([0, 0, 1, 1, 1, 2])


def features(clusters, size=1.0):
    rng = torch.Generator().manual_seed(0)
    return size * (torch.eye(3)[clusters] + 0.01 * torch.randn(len(clusters), 3, generator=rng))


def ami(predicted, clusters, **options):
    return class_ami(source(), target(confident(predicted, 3), features(clusters, **options)))


def test_golden_value():
    score = ami(PREDICTED, CLUSTERS)
    assert score.value == pytest.approx(0.5023607027, abs=1e-9)
    assert score.value == pytest.approx(adjusted_mutual_info_score(PREDICTED, CLUSTERS))
    assert score.status is None


def test_predictions_of_the_clusters_agree_whatever_their_names_and_scale():
    names = torch.tensor([2, 0, 1])
    assert ami(names[CLUSTERS], CLUSTERS).value == pytest.approx(1)
    for size in (1e30, 1e-30):
        assert ami(names[CLUSTERS], CLUSTERS, size=size).value == pytest.approx(1)


def test_samples_along_one_direction_are_alike():
    grown = features(CLUSTERS) * torch.logspace(-30, 2, 6)[[0, 3, 1, 4, 2, 5], None]
    score = class_ami(source(), target(confident(CLUSTERS, 3), grown))
    assert score.value == pytest.approx(1)


def test_collapse_has_no_score_though_it_agrees_with_one_cluster():
    collapsed = class_ami(
        source(), target(confident(torch.zeros_like(CLUSTERS), 3), torch.ones(6, 3))
    )
    assert math.isnan(collapsed.value)
    assert collapsed.status == "degenerate"


def test_fewer_points_than_classes_make_fewer_clusters():
    predicted = torch.tensor([0, 1, 2, 0, 1, 2])
    two = torch.tensor([0, 0, 0, 1, 1, 1])
    score = class_ami(source(), target(confident(predicted, 3), torch.eye(3)[two]))
    assert score.value == pytest.approx(adjusted_mutual_info_score(predicted, two))
