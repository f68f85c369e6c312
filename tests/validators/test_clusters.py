import numpy as np
import pytest
import torch

from da.batch import Unlabeled
from da.validators import class_ami, class_silhouette, target_clusters

from .examples import source


def three_groups():
    rng = torch.Generator().manual_seed(0)
    groups = torch.arange(30) % 3
    features = 10 * torch.eye(3)[groups] + torch.randn(30, 3, generator=rng)
    return Unlabeled(features, torch.randn(30, 3, generator=rng)), groups


def test_groups_far_apart_are_the_clusters():
    samples, groups = three_groups()
    clusters = target_clusters(samples)
    assert len(set(zip(clusters.tolist(), groups.tolist(), strict=True))) == 3


@pytest.mark.parametrize("validator", [class_ami, class_silhouette])
def test_clusters_at_hand_give_the_same_score(validator):
    samples, _ = three_groups()
    nobody = source(samples.logits, torch.zeros(30, dtype=torch.int64))
    alone = validator(nobody, samples)
    assert validator(nobody, samples, clusters=target_clusters(samples)) == alone
    others = np.arange(30) // 10
    assert validator(nobody, samples, clusters=others).value != alone.value


@pytest.mark.parametrize("validator", [class_ami, class_silhouette])
def test_clusters_of_other_samples_are_refused(validator):
    samples, _ = three_groups()
    nobody = source(samples.logits, torch.zeros(30, dtype=torch.int64))
    with pytest.raises(ValueError, match=r"30 samples need 30 clusters; got shape \(29,\)"):
        validator(nobody, samples, clusters=np.zeros(29, dtype=np.int64))
