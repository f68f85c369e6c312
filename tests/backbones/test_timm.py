import os
import pickle
import re
import subprocess
import sys

import pytest
import torch

from da.backbones import Timm
from da.mistakes import explain


def test_the_package_does_not_import_timm():
    code = "import sys, da.backbones; sys.exit('timm' in sys.modules)"
    path = {"PYTHONPATH": os.pathsep.join(sys.path)}
    assert subprocess.run([sys.executable, "-c", code], env={**os.environ, **path}).returncode == 0


def test_without_timm_one_sentence_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "timm", None)
    sentence = "the backbone Timm needs timm, which cannot be imported; pip install 'da[timm]'"
    with pytest.raises(ValueError, match=re.escape(sentence)):
        Timm()
    # The command line must not take the missing module for a misspelt class.
    assert explain(f'Parser key "model.backbone": Expected a\n  - {sentence}') == sentence


@pytest.fixture
def timm():
    return pytest.importorskip("timm")


# one network whose features are wider than its last feature map
@pytest.mark.parametrize("name", ["test_resnet", "test_vit", "mobilenetv3_small_050"])
@pytest.mark.parametrize("in_channels", [1, 3])
def test_gives_features_of_the_announced_width_through_which_gradients_flow(
    timm, name, in_channels
):
    net = Timm(in_channels, name).eval()
    features = net(torch.randn(2, in_channels, *timm.get_pretrained_cfg(name).input_size[1:]))
    assert features.shape == (2, net.out_features)
    features.square().sum().backward()
    assert all(p.grad is not None and p.grad.isfinite().all() for p in net.parameters())


def test_is_timms_network_up_to_its_classifier(timm, tmp_path):
    whole = timm.create_model("test_resnet").eval()
    torch.save(whole.state_dict(), tmp_path / "whole.pt")
    net = Timm(name="test_resnet", weights=str(tmp_path / "whole.pt")).eval()
    x = torch.randn(2, 3, 32, 32)
    expected = whole.forward_head(whole.forward_features(x), pre_logits=True)
    torch.testing.assert_close(net(x), expected)


@pytest.mark.parametrize("in_channels", [1, 3, 4])
def test_weights_come_back_from_a_file(timm, tmp_path, in_channels):
    from safetensors.torch import save_file

    saved = Timm(in_channels, "test_resnet")
    state = saved.network.state_dict()
    torch.save({"state_dict": state}, tmp_path / "net.pt")
    save_file(state, tmp_path / "net.safetensors")
    for file in ("net.pt", "net.safetensors"):
        net = Timm(in_channels, "test_resnet", weights=str(tmp_path / file))
        assert all(torch.equal(v, state[k]) for k, v in net.network.state_dict().items())


def test_filters_of_colour_images_are_summed_for_grey_ones(timm, tmp_path):
    colour = Timm(name="test_resnet").eval()
    torch.save(colour.network.state_dict(), tmp_path / "net.pt")
    grey = Timm(1, "test_resnet", weights=str(tmp_path / "net.pt")).eval()
    x = torch.randn(2, 1, 32, 32)
    torch.testing.assert_close(grey(x), colour(x.expand(-1, 3, -1, -1)), rtol=1e-3, atol=1e-5)


class Trap:
    """Leaves a file behind when it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return open, (str(self.path), "w")


def test_a_file_of_weights_executes_no_code(timm, tmp_path):
    (tmp_path / "trap.pt").write_bytes(pickle.dumps({"state_dict": Trap(tmp_path / "sprung")}))
    torch.save({"state_dict": Trap(tmp_path / "sprung")}, tmp_path / "trap2.pt")
    for file in ("trap.pt", "trap2.pt"):
        with pytest.raises(ValueError, match="cannot be loaded into test_resnet"):
            Timm(name="test_resnet", weights=str(tmp_path / file))
    assert not (tmp_path / "sprung").exists()


def test_weights_of_another_network_are_refused(timm, tmp_path):
    torch.save(timm.create_model("resnet34").state_dict(), tmp_path / "34.pt")
    with pytest.raises(ValueError, match="0 tensors are missing and 96 are not of it.*weights="):
        Timm(name="resnet18", weights=str(tmp_path / "34.pt"))
    with pytest.raises(ValueError, match="tensors are missing|cannot be loaded"):
        Timm(name="test_vit", weights=str(tmp_path / "34.pt"))


def test_mistakes_are_one_sentence(timm, tmp_path):
    with pytest.raises(ValueError, match="no network 'resnet18k'; did you mean 'resnet18'?"):
        Timm(name="resnet18k")
    with pytest.raises(ValueError, match="no network 'resnet18.a1'; did you mean"):
        Timm(name="resnet18.a1")
    with pytest.raises(FileNotFoundError, match="no file of weights '.*absent.pt'"):
        Timm(weights=str(tmp_path / "absent.pt"))


def test_pretrained_weights_that_cannot_be_fetched_are_told_without_the_hubs_retries(
    timm, tmp_path, monkeypatch
):
    constants = pytest.importorskip("huggingface_hub.constants")
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr(constants, "ENDPOINT", "http://127.0.0.1:9")  # nobody listens there
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    create, offline = timm.create_model, []

    def watched(*args, **kwargs):
        offline.append(constants.HF_HUB_OFFLINE)
        return create(*args, **kwargs)

    monkeypatch.setattr(timm, "create_model", watched)
    with pytest.raises(ValueError, match="no pretrained weights of test_resnet .*weights="):
        Timm(name="test_resnet", pretrained=True)
    assert offline == [True]  # it looks into the cache alone, and does not ask the hub again
    assert constants.HF_HUB_OFFLINE is False
