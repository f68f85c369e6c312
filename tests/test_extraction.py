import json

import numpy as np
import pytest
import torch
import yaml

import da.extraction
from da.__main__ import main
from da.benchmark.grid import compose
from da.data import Domain, Gaussians
from da.extraction import build, contents, extract

DATA = """
data:
  class_path: da.data.Gaussians
  init_args: {size: 40, batch_size: 8, delta: 1.0}
trainer: {max_steps: 3}
model:
  init_args:
    backbone: {class_path: da.backbones.MLP, init_args: {hidden: [5]}}
    optimizer: {class_path: torch.optim.Adam}
"""


@pytest.fixture
def data(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(DATA)
    return str(path)


@pytest.fixture
def built(data):
    return build(compose("methods/source_only", data), None)


def run(built, path, domains=("source", "target")):
    backbone, task = built
    return extract(task, backbone, list(domains), path, name="mine", device="cpu")


def test_features_are_those_of_the_network(built, tmp_path):
    backbone, task = built
    folder = run(built, tmp_path)
    for domain in task.domains:
        for table, samples in (
            (domain, task.domain(domain).train),
            (f"{domain}-test", task.domain(domain).test),
        ):
            with np.load(folder / f"{table}.npz") as saved:
                assert tuple(saved["ids"]) == samples.ids
                assert saved["y"].tolist() == [str(y) for y in samples.labels.tolist()]
                with torch.no_grad():
                    expected = backbone(samples.inputs).numpy()
                np.testing.assert_allclose(saved["X"], expected, rtol=1e-6)


def test_what_is_there_is_kept(built, tmp_path, monkeypatch):
    folder = run(built, tmp_path)
    before = {p.name: p.stat().st_mtime_ns for p in folder.glob("*.npz")}
    (folder / "target.npz").unlink()
    computed = []
    whole = da.extraction._features

    def spy(task, backbone, samples, name, device):
        computed.append(name)
        return whole(task, backbone, samples, name, device)

    monkeypatch.setattr(da.extraction, "_features", spy)
    assert run(built, tmp_path) == folder
    assert computed == ["target"]
    after = {p.name: p.stat().st_mtime_ns for p in folder.glob("*.npz")}
    assert {k: v for k, v in after.items() if k != "target.npz"} == {
        k: v for k, v in before.items() if k != "target.npz"
    }


def test_other_data_weights_or_transforms_are_other_features(built, tmp_path):
    backbone, task = built
    folders = [run(built, tmp_path)]
    moved = Gaussians(size=40, delta=2.0)
    folders.append(run((backbone, moved), tmp_path))
    task.eval_transform = torch.nn.Identity()
    folders.append(run(built, tmp_path))
    task.eval_transform = None
    with torch.no_grad():
        next(backbone.parameters()).add_(1)
    folders.append(run(built, tmp_path))
    assert len(set(folders)) == 4


def test_the_digest_of_samples_tells_inputs_labels_and_ids_apart():
    samples = Gaussians(size=20).domain("source").train
    digests = {contents(samples), contents(samples.without_labels())}
    digests.add(contents(type(samples)(samples.inputs + 1, samples.labels, samples.ids)))
    digests.add(contents(type(samples)(samples.inputs, 1 - samples.labels, samples.ids)))
    digests.add(contents(type(samples)(samples.inputs, samples.labels, samples.ids[::-1])))
    assert len(digests) == 5
    assert contents(Gaussians(size=20).domain("source").train) in digests


def test_methods_run_on_extracted_features(data, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["features", "extract", data]) == 0
    lines = capsys.readouterr().out.splitlines()
    folder = tmp_path / lines[-2].removeprefix("features: ")
    assert lines[-1] == f"adapt on them: da bench {folder.relative_to(tmp_path)}/mine-mlp.yaml"
    origin = json.loads((folder / "features.json").read_text())
    assert origin["backbone"] == "MLP"
    assert set(origin["data"]) == {"source", "source-test", "target", "target-test"}
    command = ["bench", str(folder.relative_to(tmp_path) / "mine-mlp.yaml"), "--methods", "dan"]
    own = yaml.safe_load((folder / "mine-mlp.yaml").read_text())
    own["trainer"] = {"max_steps": 3}
    own["data"]["init_args"]["batch_size"] = 8
    (folder / "mine-mlp.yaml").write_text(yaml.safe_dump(own))
    assert main([*command, "--seeds", "0", "--workers", "1"]) == 0
    assert (tmp_path / "runs" / "mine-mlp" / "report.html").is_file()


def test_the_weights_can_be_those_of_a_checkpoint(data, tmp_path):
    backbone, _ = build(compose("methods/source_only", data), None)
    with torch.no_grad():
        next(backbone.parameters()).mul_(2)
    saved = {f"backbone.{k}": v for k, v in backbone.state_dict().items()}
    torch.save({"state_dict": {**saved, "classifier.bias": torch.zeros(2)}}, tmp_path / "last.ckpt")
    loaded, _ = build(compose("methods/source_only", data), tmp_path / "last.ckpt")
    assert torch.equal(next(loaded.parameters()), next(backbone.parameters()))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(None, "there is no checkpoint"), (b"no checkpoint", "has no weights for MLP")],
)
def test_a_wrong_checkpoint_is_told(data, tmp_path, capsys, content, sentence):
    path = tmp_path / "last.ckpt"
    if content:
        path.write_bytes(content)
    assert main(["features", "extract", data, "--checkpoint", str(path)]) == 2
    assert sentence in capsys.readouterr().err


def test_domains_that_are_absent_are_left_out(data, tmp_path, capsys, monkeypatch):
    whole = Gaussians.domain

    def domain(self, name):
        if name == "target":
            raise FileNotFoundError("the target is not there; get it")
        return whole(self, name)

    monkeypatch.setattr(Gaussians, "domain", domain)
    assert main(["features", "extract", data, "--output", str(tmp_path)]) == 0
    assert "left out: the target is not there; get it" in capsys.readouterr().out
    assert [p.name for p in tmp_path.glob("*/*.npz")] == ["source-test.npz", "source.npz"]


def test_nothing_available_is_an_error(built, tmp_path):
    with pytest.raises(FileNotFoundError, match="none of the domains is there"):
        run(built, tmp_path, [])


def test_an_unlabelled_domain_gives_a_table_without_labels(built, tmp_path):
    class Unlabeled(Gaussians):
        def domain(self, name):
            return Domain(super().domain(name).train.without_labels())

    folder = run((built[0], Unlabeled(size=20)), tmp_path, ["target"])
    with np.load(folder / "target.npz") as saved:
        assert set(saved) == {"X", "ids"}
