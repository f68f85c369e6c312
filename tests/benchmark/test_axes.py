import pytest
import yaml

from da.benchmark.axes import AXES, LEVELS, Level, parse_level, stress_tasks
from da.benchmark.commands import along, load_suite
from da.benchmark.grid import Benchmark


def benchmark(tasks, methods=("source_only", "dann"), seeds=(0,)):
    return Benchmark("s", "digits", methods, tasks, seeds)


def by_task(tasks, method):
    return {run.task: run for run in benchmark(tasks).runs() if run.method == method}


def test_each_axis_has_five_levels_in_every_respect():
    assert len(AXES) == 8
    for axis in AXES.values():
        assert len(axis.levels) == len(axis.arguments) == len(axis.weight_times) == LEVELS
        assert (axis.scenario is None) == (not any(axis.arguments))


@pytest.mark.parametrize(
    ("axis", "name", "values"),
    [
        ("label_shift", "alpha", [float("inf"), 10, 3, 1, 0.3]),
        ("partial", "removed", [0, 0.25, 0.5, 0.75, 0.9]),
        ("source_noise", "rate", [None, 0.1, 0.2, 0.4, 0.6]),
        ("unrelated_source", "share", [None, 0.25, 0.5, 0.75, 1]),
        ("small_target", "size", [None, 1000, 300, 100, 30]),
        ("covariate", "severity", [None, 1, 2, 3, 4]),
        ("spurious", "correlation", [0, 0.3, 0.6, 0.8, 0.95]),
    ],
)
def test_levels_are_those_declared_beforehand(axis, name, values):
    assert [(arguments or {}).get(name) for arguments in AXES[axis].arguments] == values
    assert AXES[axis].weight_times == (1,) * 5


def test_over_adaptation_is_up_to_a_hundredfold():
    assert AXES["over_adapt"].weight_times == (1, 3, 10, 30, 100)


@pytest.mark.parametrize(
    ("scenario", "level"),
    [
        ("label_shift@3.1", Level("label_shift", 3, 1)),
        ("small_target@0", Level("small_target", 0, 0)),
        ("partial", None),
        ("", None),
    ],
)
def test_a_scenario_names_a_level_and_a_draw(scenario, level):
    assert parse_level(scenario) == level


@pytest.mark.parametrize(
    ("scenario", "complaint"),
    [
        ("labels@3", "there is no axis 'labels'; there are label_shift, partial"),
        ("partial@5", "partial has the levels 0 to 4, or such as 3.1"),
        ("partial@-1", "levels 0 to 4"),
        ("partial@1.", "levels 0 to 4"),
        ("small_target@1.2", "small_target has the levels 0 to 4; got"),
    ],
)
def test_a_level_that_does_not_exist_is_refused(scenario, complaint):
    with pytest.raises(ValueError, match=complaint):
        parse_level(scenario)


def test_tasks_go_along_the_axes_with_several_draws_where_levels_are_random():
    tasks = stress_tasks(["a->b"], ["label_shift", "covariate"], draws=3)
    assert tasks[:4] == tuple(f"a->b:label_shift@{n}" for n in ("0", "1", "1.1", "1.2"))
    assert tasks[-5:] == tuple(f"a->b:covariate@{n}" for n in range(5))
    assert len(tasks) == 1 + 4 * 3 + 5
    assert len(stress_tasks(["a->b", "c->d"])) == 2 * 8 * 5


def test_the_clean_ends_are_one_training():
    tasks = [f"fonts->uci:{axis}@0" for axis in AXES] + ["fonts->uci"]
    jobs = {task: run.job for task, run in by_task(tasks, "dann").items()}
    clean = jobs.pop("fonts->uci")
    # equally many target samples at all levels, and an attribute, are no clean task
    others = {jobs.pop(f"fonts->uci:{axis}@0") for axis in ("label_shift", "partial", "spurious")}
    assert set(jobs.values()) == {clean}
    assert len(others | {clean}) == 4


@pytest.mark.parametrize(
    ("axis", "trainings"),
    [
        *(("label_shift", 1), ("partial", 1), ("small_target", 1), ("over_adapt", 1)),
        *(("covariate", 1), ("source_noise", 5), ("unrelated_source", 5), ("spurious", 5)),
    ],
)
def test_source_only_is_trained_once_where_the_source_stays(axis, trainings):
    tasks = stress_tasks(["fonts->uci"], [axis])
    assert len({run.job for run in by_task(tasks, "source_only").values()}) == trainings
    assert len({run.job for run in by_task(tasks, "dann").values()}) == 5


def test_over_adaptation_multiplies_the_weight_of_what_adapts():
    tasks = stress_tasks(["fonts->uci"], ["over_adapt"])
    runs = by_task(tasks, "dann").values()
    weights = [run.config["model"]["init_args"]["weight"] for run in runs]
    assert weights == pytest.approx([0.3, 0.9, 3, 9, 30])
    (source_only,) = {str(run.config["model"]) for run in by_task(tasks, "source_only").values()}
    assert "weight'" not in source_only


def test_what_has_no_weight_cannot_be_put_to_over_adaptation():
    tasks = stress_tasks(["fonts->uci"], ["over_adapt"])
    with pytest.raises(ValueError, match="ADDA has no weight"):
        benchmark(tasks, methods=("source_only", "adda")).runs()


def test_axes_are_chosen_by_name_for_the_pairs_of_tasks():
    tasks = along(["partial,covariate", "partial"], ["fonts->uci:label_shift", "fonts->uci"])
    assert tasks == stress_tasks(["fonts->uci"], ["partial", "covariate"])
    with pytest.raises(ValueError, match="there is no axis 'noise'"):
        along(["noise"], ["fonts->uci"])


def test_the_stress_suite_has_two_names():
    assert load_suite("stress") == load_suite("negative_transfer")


def test_levels_can_be_written_down():
    for axis in AXES.values():
        settings = [axis.settings(Level("", n, 0)) for n in range(LEVELS)]
        assert yaml.safe_load(yaml.safe_dump(settings)) == settings
