from functools import partial

import pytest
import torch

from da.backbones import MnistConvolutions
from da.losses import class_coverage, classifier_discrepancy
from da.methods import MCD


def test_a_step_is_one_of_all_one_of_the_classifiers_and_four_of_the_backbone(
    build, stripes, trainer
):
    run = trainer(max_steps=3)
    run.fit(build(MCD), stripes())
    backbone, classifiers = run.optimizers
    counts = [int(next(iter(o.state.values()))["step"]) for o in (backbone, classifiers)]
    assert counts == [3 * (1 + 4), 3 * (1 + 1)]
    assert run.global_step == 3


@pytest.mark.parametrize(
    ("batch_norm", "normalized", "expected"),
    [
        # Saito et al., solver.py: source; source and target; four times target
        ("separate", True, ["s", "s", "t", "t", "t", "t", "t"]),
        ("joint", False, ["s", "s", "t", "t", "t", "t", "t"]),
        # Jiang et al., mcd.py: G and F see both in every step
        ("joint", True, ["st"] * 6),
    ],
)
def test_each_step_sees_the_domains_of_the_code_that_normalizes_so(
    build, stripes, trainer, batch_norm, normalized, expected
):
    def watched(name):
        seen[name] = []
        return lambda module, inputs: seen[name].append(len(inputs[0]))

    seen = {}
    network = partial(MnistConvolutions, batch_norm=normalized)
    method = build(MCD, network=network, batch_norm=batch_norm)
    data = stripes()
    for name in ("backbone", "classifier", "second_classifier"):
        getattr(method, name).register_forward_pre_hook(watched(name))
    trainer(max_steps=1, limit_val_batches=0).fit(method, data)
    sizes = {"s": data.batch_size, "t": data.batch_size, "st": 2 * data.batch_size}
    assert seen == {part: [sizes[step] for step in expected] for part in seen}


def test_step_a_sees_the_target_if_each_class_of_it_is_to_be_covered(build, stripes, trainer):
    seen = []
    method, data = build(MCD, balance=0.03), stripes()
    method.classifier.register_forward_pre_hook(lambda module, inputs: seen.append(len(inputs[0])))
    trainer(max_steps=1, limit_val_batches=0).fit(method, data)
    assert seen == [data.batch_size] * (2 + 2 + 4)


def test_both_classifiers_learn_to_cover_the_classes_of_the_target_in_steps_a_and_b(
    build, stripes, trainer
):
    seen = []

    class Watched(MCD):
        def minimize(self, **losses):
            seen.append((tuple(losses), next(iter(losses.values())).item()))
            super().minimize(**losses)

        def alternate(self, batch):
            source, target = self.classify(batch, "source", "target")
            covered = sum(class_coverage(logits) for logits in target)
            seen.append((self.task_loss(source, batch["source"][1]) + 0.5 * covered).item())
            outputs = super().alternate(batch)
            seen.append(outputs["largest_discrepancy"].item())
            return outputs

    Watched.__qualname__ = "Watched"
    # learning rates that move nothing: the losses of a step are then those before it
    method = build(Watched, balance=0.5, weight=2.0, agreement_steps=1, lr=1e-12)
    trainer(max_steps=1).fit(method, stripes())
    expected, (first, a), (second, b), _, apart = seen
    assert (first, second) == (("backbone", "classifiers"), ("classifiers",))
    assert a == pytest.approx(expected)
    assert b == pytest.approx(expected - 2 * apart)


def test_predicts_by_the_mean_of_both_classifiers(build):
    method = build(MCD).eval()
    images = torch.rand(4, 1, 28, 28)
    features, logits = method.embed(images)
    both = torch.stack([method.classifier(features), method.second_classifier(features)])
    torch.testing.assert_close(logits, both.mean(0))
    assert not torch.allclose(both[0], both[1])


def test_classifiers_are_drawn_apart_and_the_features_bring_them_together(build, stripes, trainer):
    """Step B raises the discrepancy on the target, step C lowers it."""
    seen = []

    class Watched(MCD):
        def minimize(self, **losses):
            def now():
                with torch.no_grad():
                    features = self.backbone(self.batch["target"])
                    both = self.classifier(features), self.second_classifier(features)
                    return classifier_discrepancy(*both).item()

            before = now()
            super().minimize(**losses)
            seen.append((tuple(losses), now() - before))

        def alternate(self, batch):
            self.batch = batch
            return super().alternate(batch)

    Watched.__qualname__ = "Watched"
    trainer(max_steps=10).fit(build(Watched, lr=1e-3, weight=20.0), stripes())
    apart = [change for players, change in seen if players == ("classifiers",)]
    together = [change for players, change in seen if players == ("backbone",)]
    assert (len(apart), len(together)) == (10, 40)
    assert sum(apart) > 0 > sum(together)


def test_learning_rate_of_the_classifiers_is_a_multiple_of_the_backbone_s(build, stripes, trainer):
    run = trainer(max_steps=1)
    run.fit(build(MCD, lr=1e-3, classifier_lr=10.0), stripes())
    assert [o.param_groups[0]["lr"] for o in run.optimizers] == pytest.approx([1e-3, 1e-2])


def test_features_learn_from_the_weighted_discrepancy(build, stripes, trainer):
    seen = {}

    class Watched(MCD):
        def minimize(self, **losses):
            super().minimize(**losses)
            if tuple(losses) == ("backbone",):
                seen["loss"] = losses["backbone"].item()

        def alternate(self, batch):
            outputs = super().alternate(batch)
            seen["discrepancy"] = outputs["adaptation_loss"].item()
            return outputs

    Watched.__qualname__ = "Watched"
    trainer(max_steps=1).fit(build(Watched, agreement_weight=0.3), stripes())
    assert seen["loss"] == pytest.approx(0.3 * seen["discrepancy"])


def test_refuses_a_negative_weight_of_the_balance(build):
    with pytest.raises(ValueError, match="at least 0; got balance=-1"):
        build(MCD, balance=-1.0)


@pytest.mark.parametrize(
    "options",
    [{"weight": 0.0}, {"agreement_steps": 0}, {"agreement_weight": 0.0}, {"classifier_lr": 0.0}],
)
def test_refuses_to_leave_a_step_out(build, options):
    with pytest.raises(ValueError, match="agreement_steps at least 1; got weight="):
        build(MCD, **options)
