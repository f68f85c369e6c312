from functools import partial

import pytest
import torch
import torch.nn.functional as F

from da.backbones import MLP, DigitCNN
from da.batch import Labeled, Unlabeled
from da.layers import Decoder
from da.methods import DAN, DSN, Joint, NotApplicable
from da.schedules import constant

WEIGHTS = {"similarity": 0.5, "difference": 2.0, "reconstruction": 3.0}


def at(method, weight=1.0):
    method.max_weight, method.ramp = weight, constant
    method._trainer = type("Run", (), {"global_step": 0, "max_steps": 10})()
    return method


@pytest.fixture
def batch():
    rng = torch.Generator().manual_seed(0)
    source, target = torch.rand(2, 6, 1, 28, 28, generator=rng)
    return {"source": (source, torch.arange(6) % 3), "target": target}


def embedded(method, batch):
    inputs, labels = batch["source"]
    return Labeled(*method.embed(inputs), labels), Unlabeled(*method.embed(batch["target"]))


def prepared(x):
    centered = x - x.mean(0)
    return centered / centered.norm(dim=1, keepdim=True)


def test_loss_is_that_of_the_paper(build, batch):
    method = at(build(DSN, **WEIGHTS))
    source, target = embedded(method, batch)
    task_loss, adaptation_loss = method.losses(batch, source, target)
    expected = 0.0
    for x, shared, encoder in (
        (batch["source"][0], source.features, method.source_encoder),
        (batch["target"], target.features, method.target_encoder),
    ):
        private = encoder(x)
        error = method.decoder(shared + private, (28, 28)) - x
        k = 28 * 28
        expected += (
            3 * (error.square().sum((1, 2, 3)) / k - error.sum((1, 2, 3)) ** 2 / k**2).mean()
        )
        product = prepared(shared).T @ prepared(private)
        expected += 2 * product.square().mean()
    logits = method.discriminator(torch.cat([source.features, target.features]))
    domains = torch.tensor([1.0] * 6 + [0.0] * 6)
    expected += 0.5 * F.binary_cross_entropy_with_logits(logits, domains)
    torch.testing.assert_close(adaptation_loss, expected)
    torch.testing.assert_close(task_loss, F.cross_entropy(source.logits, source.labels))


def test_features_learn_to_be_drawn_and_not_to_be_told_apart(build, batch):
    """The sign of each term's gradient on the features, and that the weight scales it."""
    terms = ("similarity", "difference", "reconstruction")
    for term in terms:
        method = build(DSN, **{**dict.fromkeys(terms, 0.0), term: 1.0})
        gradients = {}
        for weight in (1.0, 2.0):
            source, target = embedded(at(method, weight), batch)
            loss = method.losses(batch, source, target)[1]
            gradients[weight] = torch.autograd.grad(loss, [source.features, target.features])
        source, target = (x.features.detach().requires_grad_() for x in embedded(method, batch))
        if term == "similarity":
            logits = method.discriminator(torch.cat([source, target]))
            plain = -F.binary_cross_entropy_with_logits(logits, torch.tensor([1.0] * 6 + [0.0] * 6))
        else:
            at(method)
            plain = method.separation(batch["source"][0], source, method.source_encoder)
            plain = plain + method.separation(batch["target"], target, method.target_encoder)
        expected = torch.autograd.grad(plain, [source, target])
        for i in range(2):
            assert expected[i].any()
            torch.testing.assert_close(gradients[1.0][i], expected[i])
            torch.testing.assert_close(gradients[2.0][i], 2 * expected[i])


def test_an_image_is_drawn_with_the_encoder_of_its_domain(build, batch):
    method = at(build(DSN))
    before = method.losses(batch, *embedded(method, batch))[1]
    errors = {k: v.item() for k, v in method.monitored.items() if k.endswith("_error")}
    for parameter in method.target_encoder.parameters():
        parameter.data.zero_()
    assert method.losses(batch, *embedded(method, batch))[1] != before
    assert method.monitored["source_error"].item() == errors["source_error"]
    assert method.monitored["target_error"].item() != errors["target_error"]


def test_draws_better_the_longer_it_learns(build, stripes, trainer):
    errors = []
    for steps in (1, 80):
        method = build(DSN, reconstruction=1.0)
        trainer(max_steps=steps).fit(method, stripes())
        errors.append(method.monitored["source_error"].item())
    assert errors[1] < 2 / 3 * errors[0]


def test_with_another_similarity_it_is_a_term_beside_it(build, stripes, trainer):
    method = build(Joint, terms=[partial(DSN, similarity=0.0), partial(DAN, weight=2.0)])
    assert not hasattr(method.dsn, "discriminator")
    run = trainer(max_steps=2)
    run.fit(method, stripes())
    assert {"dsn_loss", "dan_loss", "dsn_source_error"} <= method.monitored.keys()
    parts = {n.split(".")[1] for n, _ in method.named_parameters() if n.startswith("dsn.")}
    assert parts == {"source_encoder", "target_encoder", "decoder"}


def test_encoders_and_decoder_may_be_others(build):
    encoder = partial(DigitCNN, channels=(4, 5), out_features=8)
    method = build(DSN, private_encoder=encoder, decoder=partial(Decoder, width=3))
    assert method.source_encoder.layers[0].out_channels == 4
    assert method.decoder.large[-1].in_channels == 3
    first, second = (e.layers[0].weight for e in (method.source_encoder, method.target_encoder))
    assert not torch.equal(first, second)


def test_refuses_what_cannot_be(build, batch):
    for name in WEIGHTS:
        with pytest.raises(ValueError, match=f"weights of at least 0; got .*{name}=-1.0"):
            build(DSN, **{name: -1.0})
    with pytest.raises(ValueError, match=r"width, 8; got a private encoder with out_features=4"):
        build(DSN, private_encoder=partial(DigitCNN, channels=(2, 3), out_features=4))
    method = at(DSN(num_classes=3, in_channels=5, backbone=MLP))
    vectors = {"source": (torch.rand(6, 5), torch.arange(6) % 3), "target": torch.rand(6, 5)}
    with pytest.raises(NotApplicable, match=r"images \(n, c, h, w\); got inputs of shape \(6, 5\)"):
        method.losses(vectors, *embedded(method, vectors))
