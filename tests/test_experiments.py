import inspect
import re
from pathlib import Path

import pytest
import torch
import yaml
from torch import nn

import da.methods
from da.benchmark.commands import load_suite
from da.benchmark.grid import TRAINS_ON, compose, folder, parse_task
from da.cli import DomainAdaptationCLI
from da.layers import batch_norms
from da.methods import NotApplicable

EXPERIMENTS = folder("experiments")


@pytest.fixture(autouse=True)
def _no_downloads_and_own_data(monkeypatch, tmp_path):
    """Stand in for pretrained networks, and for a user's folders of images and tables."""

    def small(name, weights):
        return nn.Sequential(
            nn.Conv2d(3, 4, 3),
            nn.BatchNorm2d(4),
            nn.AdaptiveAvgPool2d(1),
            nn.Flatten(),
            nn.Linear(4, 10),
        )

    monkeypatch.setattr("da.backbones.torchvision._create", small)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DA_DATA_ROOT", str(tmp_path / "nothing"))
    for domain in ("source", "target"):
        for name in ("cup", "pen"):
            Path(domain, name).mkdir(parents=True)
        Path(f"{domain}.csv").write_text("a,b,label\n0.5,1.5,no\n2.5,3.5,yes\n")


def names(kind):
    return sorted(p.stem for p in (EXPERIMENTS / kind).glob("*.yaml"))


def backbone(name):
    content = yaml.safe_load((EXPERIMENTS / f"{name}.yaml").read_text())
    return content["model"]["init_args"]["backbone"]["class_path"]


# A network file changes the network that the data file names, if it is one of that class.
SETTINGS = [(data, None) for data in names("data")] + [
    (data, network)
    for data in names("data")
    for network in names("network")
    if backbone(f"data/{data}") == backbone(f"network/{network}")
]
#: Methods that need batch normalization.
NORMALIZING = ("adabn", "dsbn", "transnorm")
# Every method with the digits, and a few methods that differ in what they need with every data set.
COMBINATIONS = [
    (method, data, network)
    for data, network in SETTINGS
    for method in names("methods")
    if data == "digits" or method in ("source_only", "adabn", "dann", "target_only")
]
SUITES = sorted(
    p.stem for p in folder("benchmarks").glob("*.py") if "BENCHMARK = " in p.read_text()
)
METHODS = [
    cls
    for cls in map(vars(da.methods).get, da.methods.__all__)
    if inspect.isclass(cls) and hasattr(cls, "uses_target") and not inspect.isabstract(cls)
]


def build(args):
    """Build what a configuration describes, or return why it does not apply."""
    try:
        return DomainAdaptationCLI(args=args, run=False)
    except ValueError as error:
        causes = [error]
        while cause := causes[-1].__cause__ or causes[-1].__context__:
            causes.append(cause)
        reasons = [str(cause) for cause in causes if isinstance(cause, NotApplicable)]
        if not reasons:
            raise
        return reasons[0]


def files_of(method, data, network):
    return [f"methods/{method}", f"data/{data}", *([f"network/{network}"] if network else [])]


def normalized(data, network):
    model = build(compose(*files_of("source_only", data, network))).model
    return bool(batch_norms(model.backbone))


@pytest.mark.parametrize(("method", "data", "network"), COMBINATIONS)
def test_every_combination_of_files_can_be_built(method, data, network):
    files = ["base", *files_of(method, data, network)]
    typed = build([a for f in files for a in ("-c", str(EXPERIMENTS / f"{f}.yaml"))])
    composed = build(compose(*files[1:]))
    if method in NORMALIZING and not normalized(data, network):
        assert typed == composed
        assert "needs batch normalization" in typed
        return
    assert type(typed.model) is type(composed.model)
    assert dict(typed.model.hparams) == dict(composed.model.hparams)
    assert vars(typed.datamodule)["source"] == composed.datamodule.source
    expected = compose(*files[1:])["model"]["class_path"].rsplit(".", 1)[1]
    assert type(typed.model).__name__ == expected


def test_building_leaves_a_configuration_as_it_was():
    config, same = (compose("methods/dann_mcc", "data/digits") for _ in range(2))
    build(config)
    assert config == same  # with a list of classes in it, which records keep as plain data


def test_the_network_file_switches_batch_normalization_on():
    plain, changed = (
        compose("methods/dan", "data/digits"),
        compose("methods/dan", "data/digits", "network/batch_norm"),
    )
    norms = [
        sum(isinstance(m, torch.nn.modules.batchnorm._BatchNorm) for m in build(c).model.modules())
        for c in (plain, changed)
    ]
    assert norms == [0, 3]


def test_every_method_has_a_file():
    used = {compose(f"methods/{m}", "data/digits")["model"]["class_path"] for m in names("methods")}
    assert used == {f"da.methods.{cls.__name__}" for cls in METHODS}


@pytest.mark.parametrize("path", sorted(EXPERIMENTS.glob("[mn]*/*.yaml")), ids=lambda p: p.stem)
def test_every_method_and_network_names_its_paper(path):
    head = "".join(line for line in path.read_text().splitlines() if line.startswith("#"))
    assert re.search(r"[A-Z]\w+ (et al\.|& \w+),.* (19|20)\d\d", head), head


@pytest.mark.parametrize("path", sorted(EXPERIMENTS.glob("**/*.yaml")), ids=lambda p: p.stem)
def test_a_file_names_classes_by_their_full_path(path):
    def paths(value):
        if isinstance(value, dict):
            yield from ([value["class_path"]] if "class_path" in value else [])
            value = list(value.values())
        if isinstance(value, list):
            for item in value:
                yield from paths(item)

    for class_path in paths(yaml.safe_load(path.read_text())):
        assert re.match(r"(da|torch|torchvision|pytorch_lightning|sklearn)\.", class_path), (
            class_path
        )


@pytest.mark.parametrize("suite", SUITES)
def test_every_suite_can_be_loaded_and_its_runs_are_distinct(suite):
    benchmark = load_suite(suite)
    runs = benchmark.runs()
    assert benchmark.name == suite
    assert len(runs) == len(benchmark.methods) * len(benchmark.tasks) * len(benchmark.seeds)
    assert len({run.id for run in runs}) == len(runs)


def test_runs_of_different_suites_are_distinct():
    ids = [run.id for suite in SUITES for run in load_suite(suite).runs()]
    assert len(SUITES) >= 2
    assert len(set(ids)) == len(ids)


def test_every_trained_method_has_a_place_in_a_suite_of_digits():
    shown = {m for suite in ("digits_all", "digits_bn") for m in load_suite(suite).methods}
    trained = {name for name in names("methods") if not name.startswith("shallow_")}
    assert shown == trained
    assert {"adabn", "dsbn", "transnorm"} == trained - {*load_suite("digits_all").methods}


def covering(runs):
    """Return configurations that have each pair of domains and each scenario between them."""
    seen, chosen = set(), []
    for run in runs:
        source, target, scenario = parse_task(run.task)
        parts = {(source, target), scenario}
        if not parts <= seen:
            seen |= parts
            chosen.append(run.config)
    return chosen


@pytest.mark.parametrize("suite", SUITES)
def test_every_pair_of_domains_and_every_scenario_of_a_suite_can_be_built(suite):
    for config in covering(load_suite(suite).runs()):
        config = {k: v for k, v in config.items() if k not in ("checkpoints", "keep_features")}
        arguments = {"backbone": config["model"]["init_args"]["backbone"]}
        config["model"] = {"class_path": "da.methods.SourceOnly", "init_args": arguments}
        task = build(config).datamodule
        assert {task.source, task.target} <= {*task.domains}


@pytest.mark.parametrize("cls", METHODS, ids=lambda cls: cls.__name__)
def test_trainings_are_shared_exactly_where_they_depend_on_one_domain(cls):
    depends_on = None
    if cls.labeled_domain == "target":
        depends_on = "target"
    elif not cls.uses_target:
        depends_on = "source"
    assert TRAINS_ON.get(f"da.methods.{cls.__name__}") == depends_on
