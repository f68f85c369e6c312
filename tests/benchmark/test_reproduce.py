import json

import pytest
import yaml

from da.__main__ import main
from da.benchmark import paper_files
from da.benchmark.grid import folder, merge
from tests.benchmark.small import SHORT

METHODS = {
    "source_only": {"config": {"model": {"class_path": "da.methods.SourceOnly"}}},
    "adabn": {"config": {"model": {"class_path": "da.methods.AdaBN"}}},
}
PAPER = {
    "title": "A table",
    "citation": "Somebody et al., A Paper, 2020.",
    "url": "https://example.org/paper",
    "published": {"benchmark": "digits", "implementation": "TLlib"},
    "selection": "final",
    "data": "gaussians",
    "config": merge(
        SHORT, {"model": {"init_args": {"backbone": {"init_args": {"batch_norm": True}}}}}
    ),
    "tasks": {"source->target": None},
    "methods": METHODS,
    "checkpoints": 2,
    "seeds": [0, 1],
}


@pytest.fixture
def paper(tmp_path, monkeypatch):
    """The only published setting there is."""
    experiments = tmp_path / "experiments"
    (experiments / "papers").mkdir(parents=True)
    for name in ("base.yaml", "data", "methods"):
        (experiments / name).symlink_to(folder("experiments") / name)
    (experiments / "papers" / "own.yaml").write_text(yaml.safe_dump(PAPER))
    monkeypatch.setattr(paper_files, "folder", lambda name: experiments)
    return "own"


def test_the_report_grows_by_what_later_commands_add(paper, tmp_path, capsys):
    root = tmp_path / "runs"
    for options in ("--methods adabn --seeds 0", "--methods source_only --seeds 1"):
        assert (
            main(["reproduce", paper, *options.split(), "--root", str(root), "--workers", "1"]) == 0
        )
    records = [json.loads(line) for line in (root / "records.jsonl").read_text().splitlines()]
    assert {(r["method"]["name"], r["seed"]) for r in records} == {
        ("source_only", 0),
        ("adabn", 0),
        ("source_only", 1),
    }


def test_without_a_name_it_lists_each_setting_by_a_name_to_copy(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    assert main(["reproduce"]) == 0
    lines = capsys.readouterr().out.splitlines()
    names = [line.split()[0] for line in lines if line.startswith("  ") and line[2] != " "]
    assert sorted(names) == paper_files.papers()
    (line,) = [line for line in lines if line.startswith("  mnist_usps_p2 ")]
    assert "MNIST and USPS, all images (protocol P2)" in line
