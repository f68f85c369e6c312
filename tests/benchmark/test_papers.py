from copy import deepcopy

import pytest
import yaml
from jsonargparse import ArgumentParser

from da.acquisition.manifest import load
from da.benchmark import paper_files as module
from da.benchmark.execute import build
from da.benchmark.grid import folder
from da.benchmark.paper_files import papers
from da.benchmark.papers import Reference, about, load_paper, paper_of
from da.benchmark.published import published
from da.data import TransferTask
from da.methods import DomainAdaptation

PAPER = {
    "title": "Two tables",
    "citation": "Somebody et al., A Paper, 2020.",
    "url": "https://example.org/paper",
    "published": {"benchmark": "digits", "implementation": "TLlib"},
    "selection": "oracle",
    "data": "gaussians",
    "config": {"trainer": {"max_steps": 40}, "model": {"init_args": {"optimizer": {"lr": 1}}}},
    "tasks": {
        "source->target": {"published": "mnist->usps", "config": {"trainer": {"max_steps": 50}}},
        "target->source": None,
    },
    "methods": {
        "source_only": {
            "published": "source only",
            "config": {"model": {"class_path": "da.methods.SourceOnly"}},
        },
        "dann": {
            "published": {"method": "DANN", "implementation": "DANN paper"},
            "config": {"model": {"class_path": "da.methods.DANN", "init_args": {"weight": 0.5}}},
            "tasks": {"target->source": {"model": {"init_args": {"weight": 0.25}}}},
        },
    },
    "seeds": [3, 4],
    "reduced": {"because": "it is long.", "seeds": [3], "config": {"trainer": {"max_steps": 7}}},
}


@pytest.fixture
def write(tmp_path, monkeypatch):
    """Return a function that writes a setting into the only folder of settings."""
    real = folder("experiments")
    (tmp_path / "papers").mkdir()
    for name in ("base.yaml", "data", "methods"):
        (tmp_path / name).symlink_to(real / name)
    monkeypatch.setattr(module, "folder", lambda name: tmp_path)

    def write(name="paper", **changes):
        content = {key: value for key, value in {**PAPER, **changes}.items() if value is not None}
        (tmp_path / "papers" / f"{name}.yaml").write_text(yaml.safe_dump(content))
        return name

    return write


def cell(paper, method, task, seed=3):
    (run,) = (
        run
        for run in paper.benchmark.runs()
        if (run.method, run.task, run.seed) == (method, task, seed)
    )
    return run.config


def test_every_cell_has_the_settings_of_the_paper_then_its_own(write):
    paper = load_paper(write())
    here, there = "source->target", "target->source"
    assert cell(paper, "dann", here)["trainer"]["max_steps"] == 50
    assert cell(paper, "dann", there)["trainer"]["max_steps"] == 40
    assert cell(paper, "dann", here)["model"]["init_args"]["weight"] == 0.5
    assert cell(paper, "dann", there)["model"]["init_args"]["weight"] == 0.25
    assert cell(paper, "source_only", there)["model"]["init_args"]["optimizer"]["lr"] == 1
    assert len(paper.benchmark.runs()) == 8


def test_the_file_of_a_method_may_change_and_the_paper_does_not(write):
    paper = load_paper(write())
    own = cell(paper, "dann", "source->target")["model"]["init_args"]
    # experiments/methods/dann.yaml says width and depth; the paper's entry does not
    assert own["weight"] == 0.5
    assert not {"width", "depth"} & set(own)


def test_numbers_stand_where_the_method_and_the_task_say(write):
    paper = load_paper(write())
    assert paper.references["source_only", "source->target"] == Reference(
        benchmark="digits", implementation="TLlib", task="mnist->usps", method="source only"
    )
    assert paper.references["dann", "target->source"] == Reference(
        benchmark="digits", implementation="DANN paper", task="target->source", method="DANN"
    )


def test_a_smaller_version_that_cannot_be_compared_has_no_published_numbers(write):
    smaller = {**PAPER["reduced"], "comparable": False}
    assert load_paper(write(reduced=smaller)).references
    assert load_paper("paper", reduced=True).references == {}


def test_the_smaller_version_wins_over_all_settings_and_has_a_name_of_its_own(write):
    paper = load_paper(write(), reduced=True)
    assert paper.benchmark.name == "published_paper_reduced"
    assert paper.benchmark.seeds == (3,)
    assert cell(paper, "dann", "source->target")["trainer"]["max_steps"] == 7
    assert paper.reduced == "it is long."
    assert paper_of("published_paper_reduced") == paper
    assert paper_of("published_paper") == load_paper("paper")
    assert paper_of("paper") is None
    with pytest.raises(ValueError, match="has no smaller version"):
        load_paper(write("other", reduced=None), reduced=True)


def test_the_smaller_version_may_have_fewer_methods_and_tasks(write):
    smaller = {"because": "it is long.", "methods": ["source_only"], "tasks": ["source->target"]}
    paper = load_paper(write(reduced=smaller), reduced=True)
    assert paper.benchmark.methods == ("source_only",)
    assert paper.benchmark.tasks == ("source->target",)
    assert len(load_paper("paper").benchmark.runs()) == 8


def test_a_method_may_be_looked_at_more_often_unless_the_smaller_version_says_so(write):
    dann = {**PAPER["methods"]["dann"], "config": {"checkpoints": 7, "model": {"class_path": "x"}}}
    methods = {**PAPER["methods"], "dann": dann}
    paper = load_paper(write(methods=methods, checkpoints=4))
    assert cell(paper, "dann", "source->target")["checkpoints"] == 7
    assert cell(paper, "source_only", "source->target")["checkpoints"] == 4
    smaller = {**PAPER["reduced"], "checkpoints": 2}
    paper = load_paper(write(methods=methods, reduced=smaller), reduced=True)
    assert cell(paper, "dann", "source->target")["checkpoints"] == 2


def test_the_smaller_version_may_set_something_of_one_method(write):
    small = {**PAPER["reduced"], "exceptions": {"dann": {"trainer": {"max_steps": 9}}}}
    paper = load_paper(write(reduced=small), reduced=True)
    assert cell(paper, "dann", "source->target")["trainer"]["max_steps"] == 9
    assert cell(paper, "source_only", "source->target")["trainer"]["max_steps"] == 7
    full = load_paper("paper")
    assert cell(full, "dann", "source->target")["trainer"]["max_steps"] == 50
    own = {"trainer": {"max_steps": 9}, "tasks": {"target->source": {"trainer": {"max_steps": 8}}}}
    paper = load_paper(write(reduced={**small, "exceptions": {"dann": own}}), reduced=True)
    assert cell(paper, "dann", "source->target")["trainer"]["max_steps"] == 9
    assert cell(paper, "dann", "target->source")["trainer"]["max_steps"] == 8
    assert "tasks" not in cell(paper, "dann", "target->source")
    write(reduced={**small, "exceptions": {"dan": {}}})
    with pytest.raises(ValueError, match="no method to make smaller 'dan'; did you mean 'dann'"):
        load_paper("paper", reduced=True)


def test_the_smaller_version_may_have_ablations_which_have_no_published_number(write):
    short = {"of": "dann", "config": {"trainer": {"max_steps": 3}}}
    exceptions = {"dann": {"trainer": {"log_every_n_steps": 1}}}
    small = {**PAPER["reduced"], "exceptions": exceptions, "ablations": {"dann_short": short}}
    paper = load_paper(write(reduced=small), reduced=True)
    for task in ("source->target", "target->source"):
        expected = cell(paper, "dann", task)
        expected["trainer"]["max_steps"] = 3
        assert cell(paper, "dann_short", task) == expected
        assert ("dann", task) in paper.references
        assert ("dann_short", task) not in paper.references
    assert "dann_short" not in load_paper("paper").benchmark.methods
    fewer = load_paper(write(reduced={**small, "methods": ["source_only"]}), reduced=True)
    assert fewer.benchmark.methods == ("source_only", "dann_short")
    one = {**short, "tasks": {"target->source": {"trainer": {"max_steps": 4}}}}
    paper = load_paper(write(reduced={**small, "ablations": {"dann_short": one}}), reduced=True)
    assert cell(paper, "dann_short", "source->target")["trainer"]["max_steps"] == 3
    assert cell(paper, "dann_short", "target->source")["trainer"]["max_steps"] == 4
    inherited = {"dann": {"tasks": {"target->source": {"trainer": {"max_steps": 8}}}}}
    both = {**small, "exceptions": inherited, "ablations": {"dann_short": short}}
    paper = load_paper(write(reduced=both), reduced=True)
    assert cell(paper, "dann", "target->source")["trainer"]["max_steps"] == 8
    assert cell(paper, "dann_short", "target->source")["trainer"]["max_steps"] == 3
    write(reduced={**small, "ablations": {"dan_short": {**short, "of": "dan"}}})
    with pytest.raises(ValueError, match="make an ablation of 'dan'; did you mean 'dann'"):
        load_paper("paper", reduced=True)
    write(reduced={**small, "ablations": {"dann_short": short["config"]}})
    with pytest.raises(ValueError, match="dann_short says of and config, .* got trainer"):
        load_paper("paper", reduced=True)


def test_draws_make_a_task_each_and_share_their_number(write):
    protocol = {"class_path": "da.data.PerClass", "init_args": {"count": 5}}
    paper = load_paper(write(draws={"count": 3, "protocol": protocol}))
    assert paper.benchmark.tasks[:3] == tuple(f"source->target:draw{i}" for i in range(3))
    second = cell(paper, "dann", "source->target:draw1")
    assert second["data"]["init_args"]["protocol"]["init_args"] == {"count": 5, "draw": 1}
    assert second["trainer"]["max_steps"] == 50
    assert cell(paper, "dann", "target->source:draw2")["model"]["init_args"]["weight"] == 0.25
    assert paper.references["dann", "source->target:draw1"].task == "mnist->usps"
    assert paper.references["dann", "target->source:draw1"].task == "target->source"


def test_a_grid_makes_variants_that_reverse_validation_chooses_from(write):
    weights = [{"model.init_args.weight": w} for w in (0.1, 1)]
    grid = [weights, [{"trainer.max_steps": 20}, {"trainer.max_steps": 30}]]
    dann = {**PAPER["methods"]["dann"], "grid": grid, "tasks": {}}
    methods = {**PAPER["methods"], "dann": dann}
    paper = load_paper(write(methods=methods, tasks={"target->source": None}))
    assert paper.variants == {f"dann#{i}": "dann" for i in range(4)}
    points = [
        (
            cell(paper, name, "target->source")["model"]["init_args"]["weight"],
            cell(paper, name, "target->source")["trainer"]["max_steps"],
        )
        for name in paper.variants
    ]
    assert points == [(0.1, 20), (0.1, 30), (1, 20), (1, 30)]
    assert all(run.config["reverse_validation"] for run in paper.benchmark.runs())
    assert "dann" in {method for method, _ in paper.references}
    assert "reverse_validation" not in load_paper(write()).benchmark.runs()[0].config


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"title": None}, "does not say its title"),
        ({"selektion": "final"}, "there is no entry 'selektion'; did you mean 'selection'"),
        ({"selection": "best"}, "chooses checkpoints by 'best'; choose one of final"),
        ({"seeds": 3}, "the entry seeds of .* must be a list; got 3"),
        ({"reduced": {"because": "", "sedes": [1]}}, "no entry 'sedes'; did you mean 'seeds'"),
        ({"reduced": {"seeds": [1]}}, "does not say because of what it is smaller"),
    ],
)
def test_a_mistake_in_the_file_is_told_in_one_sentence(write, changes, sentence):
    with pytest.raises(ValueError, match=sentence):
        load_paper(write(**changes))


def test_settings_for_a_task_that_is_not_there_are_refused(write):
    dann = {**PAPER["methods"]["dann"], "tasks": {"sorce->target": {"trainer": {}}}}
    with pytest.raises(ValueError, match="did you mean 'source->target'"):
        load_paper(write(methods={**PAPER["methods"], "dann": dann}))


def test_settings_are_found_by_their_name_and_by_what_they_compare_with(write):
    write("one"), write("two", published={"benchmark": "office31-resnet50"})
    assert papers() == ["one", "two"]
    assert about("office31-resnet50") == ["two"]
    with pytest.raises(ValueError, match="no published setting 'tow'; did you mean 'two'"):
        load_paper("tow")


@pytest.mark.parametrize("name", papers())
def test_each_committed_setting_compares_with_numbers_that_exist(name):
    paper = load_paper(name)
    assert paper.references
    for (method, task), at in paper.references.items():
        rows = published(
            at.benchmark,
            implementation=at.implementation,
            protocol=at.protocol,
            selection=at.selection,
            method=at.method,
            metric=at.metric,
        )
        assert rows, (method, task)
        assert len([row for row in rows if row.task == at.task]) <= 1, (method, task)
    compared = [at for at in paper.references.values() if published(at.benchmark, task=at.task)]
    assert compared


@pytest.mark.parametrize("name", papers())
def test_each_committed_setting_says_what_it_freezes(name):
    paper = load_paper(name)
    models = paper.benchmark.models
    assert set(models) == set(paper.benchmark.methods)
    assert all("class_path" in config["model"] for config in models.values())
    assert "source_only" in {paper.variants.get(cell, cell) for cell in models}
    runs = paper.benchmark.runs()
    assert len({run.id for run in runs}) == len(runs)
    if paper.has_reduced:
        assert load_paper(name, reduced=True).benchmark.runs()


PRETRAINED = [name for name in papers() if "ImageNet" in (load_paper(name).needs or "")]


def form(config):
    """Return the keys and the classes of a configuration, without its numbers."""
    if isinstance(config, dict):
        return tuple((key, form(value)) for key, value in sorted(config.items()))
    return "number" if isinstance(config, int | float) else str(config)


def test_options_on_imagenet_weights_are_those_of_the_classes():
    # one parser for all, which takes longer to make than all that it parses
    parser = ArgumentParser(exit_on_error=False)
    parser.add_subclass_arguments(DomainAdaptation, "model")
    parser.add_subclass_arguments(TransferTask, "data")
    distinct = {}
    for run in (run for name in PRETRAINED for run in load_paper(name).benchmark.runs()):
        config = {key: deepcopy(run.config[key]) for key in ("model", "data")}
        config["model"]["init_args"]["num_classes"] = 31
        config["data"]["init_args"] |= {"source": "a", "target": "b"}
        distinct[form(config)] = config
    assert len(distinct) >= 15
    for config in distinct.values():
        parser.parse_object(config)  # raises what is wrong


@pytest.mark.parametrize(
    ("name", "method", "width"),
    [
        ("office31", "adda", 256),
        ("office31", "afn", 1000),
        ("office31_shot", "shot", 256),
        ("office31_deep_coral", "deep_coral", 31),
    ],
)
def test_methods_on_imagenet_weights_can_be_built(name, method, width):
    run = next(run for run in load_paper(name).benchmark.runs() if run.method == method)
    # whatever the network, one that is built fast
    fast = {"weights": None, "name": "shufflenet_v2_x0_5"}
    run.config["model"]["init_args"]["backbone"]["init_args"] |= fast
    model = build(run).model
    assert model.backbone.out_features == width
    assert 0 < model.lr_schedule(0.5) <= 1


@pytest.mark.parametrize(
    ("name", "method", "width"),
    [
        ("svhn_mnist_dann", "dann", 8192),
        ("svhn_mnist_mcd", "mcd", 3072),
        ("svhn_mnist_shot", "shot", 256),
        ("mnist_usps_p3_mcd", "mcd", 768),
        ("mnist_usps_p3_wdgrl", "wdgrl", 1024),
    ],
)
def test_methods_on_digits_can_be_built_in_their_papers_networks(name, method, width):
    run = next(run for run in load_paper(name).benchmark.runs() if run.method == method)
    assert build(run).model.backbone.out_features == width


def test_settings_on_imagenet_weights_say_what_they_need():
    assert {"office31", "office_home", "visda2017", "office31_partial"} <= set(PRETRAINED)
    for name in PRETRAINED:
        needs = load_paper(name).needs
        assert all(word in needs for word in ("da data get", "--weights", "GPU")), name


def test_classes_of_a_partial_office_31_are_those_shared_with_caltech():
    (run, *_) = load_paper("office31_partial").benchmark.runs()
    kept = run.config["data"]["init_args"]["scenario"]["init_args"]["classes"]
    names = load("office-31").trees[0].classes
    shared = {c.replace("backpack", "back_pack") for c in load("office-caltech10").trees[0].classes}
    shared = {c.replace("laptop", "laptop_computer") for c in shared}
    assert {names[c] for c in kept} == shared
