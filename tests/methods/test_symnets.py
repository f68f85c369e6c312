import pytest
import torch
import torch.nn.functional as F
from pytorch_lightning import Callback

from da.losses import (
    category_confusion,
    symmetric_confusion,
    symmetric_discrimination,
    symmetric_entropy,
)
from da.methods import SymNets
from da.schedules import constant


class First(Callback):
    """Keep the first batch, and the gradients of both players."""

    def __init__(self):
        self.gradients = {}

    def on_train_batch_start(self, trainer, pl_module, batch, batch_idx):
        self.batch = batch

    def on_before_optimizer_step(self, trainer, pl_module, optimizer):
        moved = {id(p) for group in optimizer.param_groups for p in group["params"]}
        named = pl_module.named_parameters()
        self.gradients |= {n: p.grad.clone() for n, p in named if id(p) in moved}


def test_classifiers_and_features_have_losses_of_their_own(build, stripes, trainer):
    first = First()
    method, again = (build(SymNets, weight=0.7, ramp=constant) for _ in range(2))
    trainer(max_steps=1, callbacks=[first]).fit(method, stripes())

    inputs, labels = first.batch["source"]
    source, target = (
        torch.cat([again.classifier(f), again.target_classifier(f)], 1)
        for f in map(again.backbone, (inputs, first.batch["target"]))
    )
    task = F.cross_entropy(source[:, :3], labels) + F.cross_entropy(source[:, 3:], labels)
    of_classifiers = task + symmetric_discrimination(source, target)
    of_features = category_confusion(source, labels)
    of_features = of_features + 0.7 * (symmetric_confusion(target) + symmetric_entropy(target))
    for parts, loss in (
        (["backbone"], of_features),
        (["classifier", "target_classifier"], of_classifiers),
    ):
        named = {n: p for n, p in again.named_parameters() if n.split(".")[0] in parts}
        gradients = torch.autograd.grad(loss, list(named.values()), retain_graph=True)
        for name, gradient in zip(named, gradients, strict=True):
            torch.testing.assert_close(first.gradients[name], gradient)


def test_the_target_classifier_predicts(build):
    method = build(SymNets).eval()
    images = torch.rand(4, 1, 28, 28)
    features, logits = method.embed(images)
    assert torch.equal(logits, method.target_classifier(features))
    assert not torch.allclose(logits, method.classifier(features))


def test_refuses_a_negative_weight(build):
    with pytest.raises(ValueError, match=r"target's terms is at least 0; got weight=-1\.0"):
        build(SymNets, weight=-1.0)
