from pathlib import Path

import pytest

from da.benchmark.gate_models import Trained
from da.benchmark.gate_pairs import check_pair, check_same_data, differences, reused
from da.data import Gaussians, Transductive
from da.methods import Shallow
from da.shallow import TCA, NoAdaptation


def test_other_classes_or_samples_are_refused(stripes):
    check_same_data(stripes(), stripes(batch_size=5))
    two = Gaussians(size=40)
    with pytest.raises(ValueError, match=r"3 classes \(0, 1, 2\) and the source-only run 2 cl"):
        check_same_data(stripes(), two)
    with pytest.raises(ValueError, match="hold out different source samples: "):
        check_same_data(Gaussians(size=60), two)


def test_samples_that_training_has_seen_are_told():
    assert reused(Gaussians(size=40)) == []
    notes = reused(Gaussians(size=40, protocol=Transductive()))
    assert ["source samples" in notes[0], "target samples" in notes[1]] == [True, True]


def test_a_fitted_baseline_without_adaptation_is_a_baseline(build, stripes):
    def trained(baseline):
        model = build(Shallow, baseline=baseline)
        return Trained(Path("run"), model, stripes(), {})

    check_pair(trained(TCA), trained(NoAdaptation))
    with pytest.raises(ValueError, match="run is a run of TCA; give one of source_only"):
        check_pair(trained(NoAdaptation), trained(TCA))


def test_what_else_differs_is_told():
    run = {
        "seed_everything": 0,
        "trainer": {"max_steps": 5},
        "model": {"class_path": "da.methods.DANN", "init_args": {"backbone": {"class_path": "A"}}},
        "data": {"init_args": {"batch_size": 8}},
    }
    twin = {**run, "model": {**run["model"], "class_path": "da.methods.SourceOnly"}}
    assert differences(run, twin) == []
    other = {**twin, "seed_everything": 1, "trainer": None}
    (note,) = differences(run, other)
    assert "differ in seed_everything (0 and 1), max_steps (5 and None), so" in note
