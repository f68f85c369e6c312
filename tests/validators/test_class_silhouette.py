"""Golden values: the silhouette written out, and scikit-learn."""

import math

import numpy as np
import pytest
import torch
from sklearn.metrics import silhouette_score

from da.validators import class_silhouette

from .examples import confident, source, target

LOGITS = confident(torch.tensor([0, 0, 1, 1]), 2)


def silhouette(features):
    k = 2 if len(features) == 4 else 3
    logits = confident(torch.arange(len(features)) % k, k)
    return class_silhouette(source(), target(logits, torch.as_tensor(features)))


def written_out(points, clusters):
    """Mean of (b - a) / max(a, b), with the mean distances within and to the nearest cluster."""
    values = []
    for i, own in enumerate(clusters):
        distance = np.linalg.norm(points - points[i], axis=1)
        within = distance[clusters == own].sum() / max(1, (clusters == own).sum() - 1)
        nearest = min(distance[clusters == c].mean() for c in set(clusters.tolist()) - {own})
        values.append((nearest - within) / max(nearest, within))
    return np.mean(values)


def test_the_reference_has_its_golden_value():
    points, clusters = np.array([[0.0], [1], [10], [11]]), np.array([0, 0, 1, 1])
    assert written_out(points, clusters) == pytest.approx(0.8997493734, abs=1e-9)
    assert silhouette_score(points, clusters) == pytest.approx(0.8997493734, abs=1e-9)


def test_four_directions():
    angles = np.array([0, 0.1, 2, 2.2])
    points = np.stack([np.cos(angles), np.sin(angles)], 1)
    score = silhouette(points)
    assert score.value == pytest.approx(written_out(points, np.array([0, 0, 1, 1])))
    lengths = np.array([[1], [20], [3], [0.1]])
    assert silhouette(points * lengths).value == pytest.approx(score.value)


def test_three_clusters():
    rng = np.random.default_rng(0)
    clusters = np.arange(30) % 3
    points = np.eye(3)[clusters] + 0.1 * rng.normal(size=(30, 3))
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    assert silhouette(points).value == pytest.approx(written_out(points, clusters))


def test_ignores_the_predictions():
    points = torch.randn(8, 3, generator=torch.Generator().manual_seed(0))
    one, other = (
        class_silhouette(source(), target(confident(torch.tensor(labels * 2), 2), points)).value
        for labels in ([0, 0, 1, 1], [1, 0, 0, 1])
    )
    assert one == other


@pytest.mark.parametrize("points", [torch.ones(6, 2), torch.eye(3), torch.zeros(6, 2)])
def test_one_cluster_or_none_of_two_samples_is_degenerate(points):
    score = silhouette(points)
    assert math.isnan(score.value)
    assert score.status == "degenerate"
