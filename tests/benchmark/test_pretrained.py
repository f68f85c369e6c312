import re

import pytest
import torch
from torchvision import models

from da.__main__ import main
from da.benchmark import reproduce
from da.benchmark.papers import load_paper
from da.benchmark.pretrained import check_weights


def runs(**options):
    """Return the runs of one method of a committed setting, with another start of the network."""
    found = load_paper("office31").benchmark.select(["dann"], ["amazon->webcam"], [0]).runs()
    for run in found:
        run.config["model"]["init_args"]["backbone"]["init_args"] |= options
    return found


@pytest.fixture
def offline(tmp_path, monkeypatch):
    """Let every download fail, and count them."""
    asked = []

    def refuse(request, *args, **kwargs):
        asked.append(request.full_url)
        raise OSError("no route to host")

    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    monkeypatch.setattr("torch.hub.urlopen", refuse)
    return asked


def test_weights_that_cannot_be_had_are_told_with_their_address(offline):
    url = models.ResNet50_Weights.IMAGENET1K_V1.url
    sentence = f"(no route to host); download {url} elsewhere and name the file with --weights"
    with pytest.raises(ValueError, match=re.escape(sentence)):
        check_weights(runs())
    assert offline == [url]


def test_reproducing_without_weights_ends_before_any_training(
    offline, tmp_path, monkeypatch, capsys
):
    monkeypatch.setattr(reproduce, "check_tasks", lambda runs: None)  # which needs the images
    monkeypatch.setattr(reproduce, "run_cells", lambda *args, **kwargs: pytest.fail("trained"))
    root = tmp_path / "runs"
    assert main(["reproduce", "office31", "--root", str(root)]) != 0
    told = capsys.readouterr().err
    assert "resnet50 starts from the weights IMAGENET1K_V1" in told
    assert "--weights" in told
    assert not root.exists()


def test_a_file_of_weights_is_read_and_nothing_is_downloaded(offline, tmp_path):
    path = tmp_path / "resnet18.pt"
    torch.save(models.resnet18().state_dict(), path)
    check_weights(runs(name="resnet18", weights=str(path)))
    with pytest.raises(ValueError, match="holds no weights of resnet34"):
        check_weights(runs(name="resnet34", weights=str(path)))
    assert offline == []


def test_a_network_from_random_weights_is_not_built(monkeypatch):
    monkeypatch.setattr("da.backbones.Torchvision", lambda **options: pytest.fail("built"))
    check_weights(runs(weights=None))
    check_weights(load_paper("office_caltech10_surf").benchmark.runs())
