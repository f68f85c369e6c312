import pickle
import re
from functools import partial

import pytest
import torch
from torchvision import models

from da.backbones import Bottleneck, Torchvision


@pytest.fixture(scope="module")
def whole():
    torch.manual_seed(0)
    return models.resnet18().eval()


@pytest.fixture(scope="module")
def saved(whole, tmp_path_factory):
    path = tmp_path_factory.mktemp("weights") / "resnet18.pt"
    torch.save(whole.state_dict(), path)
    return str(path)


# one family for each place of the classifier: fc, the end of a sequence, heads.head, head
@pytest.mark.parametrize(
    ("name", "size", "width"),
    [
        ("resnet18", 32, 512),
        ("resnet50", 32, 2048),
        ("mobilenet_v3_small", 32, 1024),
        ("densenet121", 32, 1024),
        ("vit_b_32", 224, 768),
        ("swin_t", 32, 768),
    ],
)
def test_gives_features_of_the_announced_width(name, size, width):
    net = Torchvision(name=name).eval()
    assert net(torch.randn(2, 3, size, size)).shape == (2, net.out_features)
    assert (net.out_features, net.name) == (width, name)


@pytest.mark.parametrize("in_channels", [1, 3, 4])
def test_gradients_flow_to_every_parameter(in_channels):
    net = Torchvision(in_channels)
    net(torch.randn(2, in_channels, 32, 32)).square().sum().backward()
    assert all(p.grad is not None and p.grad.isfinite().all() for p in net.parameters())


def test_is_torchvisions_network_up_to_its_classifier(whole, saved):
    net = Torchvision(weights=saved).eval()
    x = torch.randn(2, 3, 32, 32)
    torch.testing.assert_close(whole.fc(net(x)), whole(x))


def test_a_bottleneck_follows_the_network_and_is_no_part_of_its_weights(whole, saved):
    net = Torchvision(weights=saved, bottleneck=partial(Bottleneck, width=7)).eval()
    x = torch.randn(2, 3, 32, 32)
    assert net(x).shape == (2, net.out_features) == (2, 7)
    torch.testing.assert_close(whole.fc(net.trunk(x)), whole(x))
    assert net.trunk is net.network
    assert "bottleneck.0.weight" in net.state_dict()


@pytest.mark.parametrize("in_channels", [1, 3, 5])
def test_weights_come_back_from_a_file(tmp_path, in_channels):
    state = Torchvision(in_channels).network.state_dict()
    torch.save({"state_dict": state}, tmp_path / "net.pt")
    net = Torchvision(in_channels, weights=str(tmp_path / "net.pt"))
    assert all(torch.equal(v, state[k]) for k, v in net.network.state_dict().items())


@pytest.mark.parametrize("channels", [1, 6])
def test_an_image_repeated_over_other_channels_keeps_its_response(saved, channels):
    colour, other = Torchvision(weights=saved).eval(), Torchvision(channels, weights=saved).eval()
    x = torch.randn(2, 1, 32, 32)
    expected = colour(x.expand(-1, 3, -1, -1))
    torch.testing.assert_close(
        other(x.expand(-1, channels, -1, -1)), expected, rtol=1e-3, atol=1e-5
    )


def test_named_weights_are_taken_from_torchs_cache(whole, saved, tmp_path, monkeypatch):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    name = models.ResNet18_Weights.IMAGENET1K_V1.url.rsplit("/", 1)[1]
    place = tmp_path / "hub" / "checkpoints"
    place.mkdir(parents=True)
    torch.save(whole.state_dict(), place / name)
    for weights in ("IMAGENET1K_V1", "DEFAULT"):
        net = Torchvision(weights=weights)
        assert torch.equal(net.network.conv1.weight, whole.conv1.weight)


def test_weights_that_cannot_be_fetched_are_told_in_a_sentence(tmp_path, monkeypatch):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))

    def refuse(*args, **kwargs):
        raise OSError("no route to host")

    monkeypatch.setattr("torch.hub.urlopen", refuse)
    sentence = "there are no pretrained weights of resnet18 (no route to host); name a local file"
    with pytest.raises(ValueError, match=re.escape(sentence)):
        Torchvision(weights="DEFAULT")


class Trap:
    """Leaves a file behind when it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return open, (str(self.path), "w")


def test_a_file_of_weights_executes_no_code(tmp_path):
    (tmp_path / "trap.pt").write_bytes(pickle.dumps({"state_dict": Trap(tmp_path / "sprung")}))
    with pytest.raises(ValueError, match="trap.pt cannot be loaded into resnet18"):
        Torchvision(weights=str(tmp_path / "trap.pt"))
    assert not (tmp_path / "sprung").exists()


def test_weights_of_another_network_are_refused(saved, tmp_path):
    with pytest.raises(ValueError, match="80 tensors are missing and 0 are not of it.*weights="):
        Torchvision(name="resnet34", weights=saved)


def test_mistakes_are_one_sentence(tmp_path):
    with pytest.raises(ValueError, match="no network 'resnet18k' .*; did you mean 'resnet18'?"):
        Torchvision(name="resnet18k")
    with pytest.raises(ValueError, match="no network 'googlenet' with one classifier"):
        Torchvision(name="googlenet")
    with pytest.raises(
        FileNotFoundError, match="no file of weights '.*absent.pt', and .*IMAGENET1K_V1, DEFAULT"
    ):
        Torchvision(weights=str(tmp_path / "absent.pt"))
