import hashlib
import json
import os
import subprocess
import sys
from dataclasses import astuple

import numpy as np
import pytest
import torch
from sklearn.neighbors import KNeighborsClassifier

from da.data import Digits
from da.data.digits import _build
from da.data.samples import originals

DIGESTS = """
import hashlib, json, sys
from da.data import Digits
task = Digits("uci", "fonts")
digests = {}
for name in reversed(Digits.domains):
    domain = task.domain(name)
    digest = hashlib.sha256()
    for side in (domain.train, domain.test):
        digest.update(side.inputs.numpy().tobytes() + side.labels.numpy().tobytes())
        digest.update("".join(side.ids).encode())
    digests[name] = digest.hexdigest()
json.dump(digests, sys.stdout)
"""
SIZES = {
    "uci": (3606, 600),
    "uci-m": (3576, 600),
    "uci-n": (3606, 600),
    "fonts": (4000, 1000),
    "fonts-m": (4000, 1000),
    "syn": (4000, 1000),
}
DOMAINS = tuple(SIZES)


@pytest.fixture(scope="module")
def task():
    return Digits("uci", "fonts")


def test_there_are_six_domains():
    assert Digits.domains == DOMAINS
    assert (Digits.num_classes, Digits.in_channels) == (10, 3)


@pytest.mark.parametrize("name", DOMAINS)
def test_a_domain_holds_colour_images_of_digits(task, name):
    domain = task.domain(name)
    for side, size in zip((domain.train, domain.test), SIZES[name], strict=True):
        assert side.inputs.shape == (size, 3, 28, 28)
        assert side.inputs.dtype == torch.uint8
        assert side.labels.shape == (size,)
        assert side.labels.dtype == torch.int64
        assert len(set(side.ids)) == size
        assert all(i.startswith(f"{name}/") for i in side.ids)


@pytest.mark.parametrize("name", DOMAINS)
def test_classes_are_balanced(task, name):
    domain = task.domain(name)
    assert set(domain.test.labels.bincount().tolist()) == {len(domain.test) // 10}
    share = domain.train.labels.bincount() / len(domain.train)
    assert share.min() > 0.094  # handwriting: 174 to 183 of 1,797 digits
    assert share.max() < 0.106


@pytest.mark.parametrize("name", DOMAINS)
def test_train_and_test_share_no_original(task, name):
    domain = task.domain(name)
    assert not set(originals(domain.train.ids)) & set(originals(domain.test.ids))


def numbers(ids):
    return {i.split("/")[1] for i in originals(ids)}


def test_uci_and_uci_m_train_on_different_handwriting(task):
    first, second = (numbers(task.domain(name).train.ids) for name in ("uci", "uci-m"))
    assert not first & second
    assert len(first | second) == 1197


def test_the_domains_of_handwriting_test_on_the_same_digits(task):
    tests = [numbers(task.domain(name).test.ids) for name in ("uci", "uci-m", "uci-n")]
    assert tests[0] == tests[1] == tests[2]
    for name in ("uci", "uci-m", "uci-n"):
        assert not numbers(task.domain(name).train.ids) & tests[0]


def test_a_domain_is_the_same_on_every_call_and_in_every_process(task):
    script = f"from da.data.digits import _build; _build.cache_clear()\n{DIGESTS}"
    environment = {**os.environ, "PYTHONHASHSEED": "1", "PYTHONPATH": os.pathsep.join(sys.path)}
    other = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, check=True
    )
    elsewhere = json.loads(other.stdout)
    for name in DOMAINS:
        domain = task.domain(name)
        assert task.domain(name) is domain  # kept, not built again
        digest = hashlib.sha256()
        for side in (domain.train, domain.test):
            digest.update(side.inputs.numpy().tobytes() + side.labels.numpy().tobytes())
            digest.update("".join(side.ids).encode())
        assert digest.hexdigest() == elsewhere[name]


def test_building_a_domain_again_gives_the_same_bytes(task):
    first, again = task.domain("syn"), _build.__wrapped__("syn")
    assert again is not first
    assert torch.equal(first.train.inputs, again.train.inputs)
    assert torch.equal(first.test.inputs, again.test.inputs)


def test_building_uses_no_global_random_state(task):
    np.random.seed(0)
    torch.manual_seed(0)
    before = np.random.get_state()[1].copy(), torch.get_rng_state()
    _build.__wrapped__("uci-m")
    np.testing.assert_array_equal(np.random.get_state()[1], before[0])
    assert torch.equal(torch.get_rng_state(), before[1])


@pytest.mark.parametrize(("name", "floor"), [("uci", 0.93), ("fonts", 0.9), ("fonts-m", 0.4)])
def test_labels_are_those_of_the_images(task, name, floor):
    # chance is 0.1; nearest neighbours of pixels suffice where the ground is black
    domain = task.domain(name)
    train, test = (s.inputs.flatten(1)[:, ::3].float().numpy() for s in (domain.train, domain.test))
    neighbours = KNeighborsClassifier(1).fit(train, domain.train.labels.numpy())
    assert neighbours.score(test, domain.test.labels.numpy()) > floor


def test_an_unknown_domain_gets_a_suggestion(task):
    message = r"Digits has no domain 'font'; it has uci, .*; did you mean 'fonts'\?"
    with pytest.raises(ValueError, match=message):
        Digits("uci", "font")
    with pytest.raises(ValueError, match=message):
        task.domain("font")


def test_copies_of_a_digit_never_straddle_train_and_validation():
    data = Digits("uci", "uci-m").training_data
    assert not set(originals(data.source_train.ids)) & set(originals(data.source_val.ids))
    assert not set(originals(data.target_adapt.ids)) & set(originals(data.target_val.ids))
    assert len(data.source_train) + len(data.source_val) == 3606


def test_pixels_are_standardized_with_the_moments_of_the_training_samples():
    domains = [Digits("fonts", "uci").domain(name).train.inputs for name in Digits.domains]
    moments = [(x.double().mean() / 255, x.double().square().mean() / 255**2) for x in domains]
    mean, square = (float(sum(v)) / len(domains) for v in zip(*moments, strict=True))
    std = (square - mean**2) ** 0.5
    assert astuple(Digits.pixels) == pytest.approx((mean, std), abs=0.01)
