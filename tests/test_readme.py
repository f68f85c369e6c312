"""What the README says and shows is what the code does."""

import re
from pathlib import Path

import pytest
import torch

from da.backbones import MLP
from da.batch import Labeled, Unlabeled
from da.benchmark import publish
from da.benchmark.results import read
from da.schedules import constant

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()


@pytest.mark.parametrize("suite", re.findall(r"<!-- results: (\w+) -->", README))
def test_every_number_is_derived_from_committed_records(suite):
    folder = f"benchmarks/results/{suite}"
    records, splits = read(ROOT / folder)
    derived = publish.section(records, splits, folder, select="final")
    shown = re.search(rf"<!-- results: {suite} -->\n(.*?)\n<!-- end: {suite} -->", README, re.S)
    assert shown[1] == derived


def test_committed_results_are_of_one_clean_commit():
    for folder in (ROOT / "benchmarks" / "results").iterdir():
        records, _ = read(folder)
        environments = [r["env"] for r in records if r["env"]]
        assert len({env["code_commit"] for env in environments}) == 1
        assert not any(env["dirty"] for env in environments)


def code(marker):
    """Return the code block of the README that holds a marker, without its indentation."""
    blocks = re.findall(r"^( *)```(?:python|yaml)\n(.*?)^ *```", README, re.S | re.M)
    (found,) = (text for _, text in blocks if marker in text)
    indent = len(found) - len(found.lstrip(" "))
    return "\n".join(line[indent:] for line in found.splitlines())


def test_the_worked_example_is_a_method():
    namespace = {}
    exec(code("class MinEnt"), namespace)  # the README's own text
    method = namespace["MinEnt"](
        num_classes=2, in_channels=1, backbone=MLP, weight=0.5, ramp=constant
    )
    method.trainer = type("Trainer", (), {"max_steps": 1, "global_step": 0})()
    target = Unlabeled(torch.zeros(3, 64), torch.zeros(3, 2))
    source = Labeled(torch.zeros(3, 64), torch.zeros(3, 2), torch.zeros(3, dtype=torch.long))
    loss = method.adaptation_loss(source, target)
    assert loss.item() == pytest.approx(0.5 * torch.log(torch.tensor(2.0)).item())


def test_the_python_example_trains(monkeypatch, tmp_path):
    from pytorch_lightning import Trainer

    from da.methods import DANN

    monkeypatch.chdir(tmp_path)
    shorter = code("trainer = Trainer").replace(
        "Trainer(max_steps=500)",
        "Trainer(max_steps=2, logger=False, enable_progress_bar=False, accelerator='cpu', "
        "enable_checkpointing=False, enable_model_summary=False, limit_test_batches=1)",
    )
    namespace = {}
    exec(shorter, namespace)
    assert isinstance(namespace["method"], DANN)
    assert isinstance(namespace["trainer"], Trainer)
    assert namespace["trainer"].global_step == 2
