import pytest
import yaml

from da.benchmark import papers as module
from da.benchmark.grid import folder
from da.benchmark.papers import Reference, about, load_paper, paper_of, papers
from da.benchmark.published import published

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


def test_the_smaller_version_wins_over_all_settings_and_has_a_name_of_its_own(write):
    paper = load_paper(write(), reduced=True)
    assert paper.benchmark.name == "paper_reduced"
    assert paper.benchmark.seeds == (3,)
    assert cell(paper, "dann", "source->target")["trainer"]["max_steps"] == 7
    assert paper.reduced == "it is long."
    assert paper_of("paper_reduced") == paper
    assert paper_of("paper") == load_paper("paper")
    assert paper_of("digits") is None
    with pytest.raises(ValueError, match="has no smaller version"):
        load_paper(write("other", reduced=None), reduced=True)


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
