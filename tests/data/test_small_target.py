from itertools import pairwise

import pytest
import torch

from da.data import Digits, FullTrain, SmallTarget, Transductive, covariates
from da.data.features import FeatureTask
from tests.data.toys import Table


def sizes(task):
    return task.split()["n"]


@pytest.mark.parametrize("size", [1000, 300, 100, 30, 1])
def test_as_many_samples_are_adapted_to_as_asked_for(size):
    plain, task = Digits("fonts", "uci"), Digits("fonts", "uci", SmallTarget(size))
    assert sizes(task) == {**sizes(plain), "t_adapt": size}
    assert len(task.training_data.target_adapt) == len(task.report_data.adapt) == size
    assert covariates(task)["unlabelled_per_class"] == size / 10


def test_validation_and_test_samples_are_those_of_the_whole_task():
    plain, task = Digits("fonts", "uci"), Digits("fonts", "uci", SmallTarget(30))
    for part in ("source_train", "source_val", "target_val"):
        assert getattr(task.training_data, part).ids == getattr(plain.training_data, part).ids
    assert task.report_data.test.ids == plain.report_data.test.ids
    assert task.unlabeled_target().ids == plain.unlabeled_target().ids


def test_a_size_above_what_is_there_is_the_whole_task():
    assert Table("alpha", "beta", SmallTarget(301)).split() == Table("alpha", "beta").split()
    assert Table("alpha", "beta", SmallTarget(299)).split()["n"]["t_adapt"] == 299


def test_a_smaller_target_is_part_of_a_larger_one():
    adapted = [
        set(Table("alpha", "beta", SmallTarget(n)).training_data.target_adapt.ids)
        for n in (10, 30, 100, 300)
    ]
    assert all(small < large for small, large in pairwise(adapted))


def test_another_draw_takes_other_samples():
    first, again, other = (
        Table("alpha", "beta", SmallTarget(30, draw)).training_data.target_adapt.ids
        for draw in (0, 0, 1)
    )
    assert first == again
    assert len(set(first) & set(other)) < 15  # 3 are expected


def test_they_are_drawn_from_all_classes():
    adapt = Digits("fonts", "uci", SmallTarget(300)).report_data.adapt
    assert torch.bincount(adapt.labels, minlength=10).min() > 10  # of 30 expected


@pytest.mark.parametrize("protocol", [FullTrain(), Transductive()])
def test_where_nothing_is_held_out_all_are_still_validated_on(protocol):
    n = sizes(Table("alpha", "beta", SmallTarget(20), protocol))
    assert (n["t_adapt"], n["t_val"]) == (20, 400)


def test_a_ceiling_learns_from_all_labels_of_the_target():
    task = Table("alpha", "beta", SmallTarget(20), labeled_domain="target")
    assert len(task.training_data.source_train) == 320


def test_columns_are_standardized_by_the_few_that_are_adapted_to():
    class Features(Table, FeatureTask):
        pass

    raw = Table("alpha", "beta", SmallTarget(20)).training_data.target_adapt.inputs
    task = Features("alpha", "beta", scenario=SmallTarget(20), standardize="each")
    scaled = task.training_data.target_adapt.inputs
    torch.testing.assert_close(scaled, (raw - raw.mean(0)) / raw.std(0, correction=0))


def test_a_target_without_samples_is_refused():
    with pytest.raises(ValueError, match="at least 1 target sample is adapted to; got size=0"):
        SmallTarget(0)
