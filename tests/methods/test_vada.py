import pytest
import torch
from pytorch_lightning import Callback
from torch.nn import functional as F

from da.backbones import DigitCNN
from da.batch import Labeled, Unlabeled
from da.callbacks import RandomState
from da.methods import VADA
from da.schedules import constant


class Keep(Callback):
    """Keep the weights and the outputs of each step."""

    def __init__(self):
        self.states, self.outputs = [], []

    def on_train_batch_end(self, trainer, pl_module, outputs, batch, batch_idx):
        self.states.append({k: v.clone() for k, v in pl_module.state_dict().items()})
        self.outputs.append({k: float(torch.as_tensor(v).detach()) for k, v in outputs.items()})


def trained(build, stripes, trainer, steps=10, **options):
    keep = Keep()
    method = build(VADA, ramp=constant, **options)
    trainer(max_steps=steps, callbacks=[keep]).fit(method, stripes())
    return method, keep


def part(state, *names):
    return [v for k, v in state.items() if k.startswith(names)]


def same(first, second):
    return all(torch.equal(a, b) for a, b in zip(first, second, strict=True))


def test_term_is_the_discriminators_loss_and_the_entropy_of_the_target(build):
    method = build(VADA, weight=0.5, target_smoothness=0.3, ramp=constant)
    method._trainer = type("Run", (), {"global_step": 0, "max_steps": 1})()
    rng = torch.Generator().manual_seed(0)
    source, target = torch.randn(6, 8, generator=rng), torch.randn(4, 8, generator=rng)
    logits = torch.randn(4, 3, generator=rng)
    loss = method.adaptation_loss(
        Labeled(source, torch.zeros(6, 3), torch.zeros(6, dtype=torch.long)),
        Unlabeled(target, logits),
    )
    zs, zt = method.discriminator(source), method.discriminator(target)
    expected = (F.softplus(-zs).mean() + F.softplus(zt).mean()) / 2
    p = logits.softmax(1)
    expected = expected - 0.5 * 0.3 * (p * p.log()).sum(1).mean()
    torch.testing.assert_close(loss, expected)


def test_reports_the_sum_of_its_terms(build, stripes, trainer):
    options = {"weight": 0.5, "source_smoothness": 0.4, "target_smoothness": 0.3}
    _, keep = trained(build, stripes, trainer, steps=1, **options)
    (out,) = keep.outputs
    smooth = 0.4 * out["source_change"] + 0.3 * (out["target_change"] + out["target_entropy"])
    expected = out["discriminator_loss"] + 0.5 * smooth
    assert out["adaptation_loss"] == pytest.approx(expected, rel=1e-5)
    assert out["loss"] == pytest.approx(out["task_loss"] + expected, rel=1e-5)


def test_smoothness_makes_predictions_change_less(build, stripes, trainer):
    changes = []
    for weight in (0.0, 5.0):
        options = {"source_smoothness": weight, "target_smoothness": weight, "adversarial": 0.0}
        _, keep = trained(build, stripes, trainer, steps=60, radius=5.0, **options)
        changes.append(keep.outputs[-1]["source_change"])
    assert changes[1] < changes[0] / 2


def test_probing_does_not_count_for_batch_normalization(build, stripes, trainer):
    def network(in_channels):
        return DigitCNN(in_channels, channels=(2, 3), out_features=8, batch_norm=True)

    network.__qualname__ = "network"
    method, _ = trained(build, stripes, trainer, steps=3, network=network)
    assert method.backbone.layers[1].num_batches_tracked == 3


def test_the_refinement_leaves_source_and_discriminator_behind(build, stripes, trainer):
    options = {"refinement": 0.4, "teacher_steps": 2}
    _, keep = trained(build, stripes, trainer, **options)
    plain, other = trained(build, stripes, trainer)
    student, states = ("backbone", "classifier"), keep.states
    assert same(part(states[5], *student), part(other.states[5], *student))  # VADA until then
    assert [out["task_loss"] > 0 for out in keep.outputs] == [True] * 6 + [False] * 4
    assert same(part(states[5], "discriminator"), part(states[9], "discriminator"))
    # the teacher is the network at the start of the steps 6 and 8
    for step, start in ((6, 5), (7, 5), (8, 7), (9, 7)):
        assert same(part(states[step], "teacher"), part(states[start], *student))
    assert [out["departure"] > 0 for out in keep.outputs[6:]] == [False, True, False, True]
    assert not hasattr(plain, "teacher")


def test_the_teacher_holds_the_network_back(build, stripes, trainer):
    moves = []
    for weight in (0.0, 100.0):
        options = {"refinement": 0.5, "teacher_steps": 100, "teacher_weight": weight}
        _, keep = trained(build, stripes, trainer, steps=24, **options)
        moves.append(keep.outputs[-1]["departure"])
    assert moves[1] < moves[0] / 2


def test_a_refinement_resumes_exactly(build, stripes, trainer, tmp_path):
    path = tmp_path / "half.ckpt"

    class Saver(Callback):
        def on_train_batch_end(self, trainer, pl_module, outputs, batch, batch_idx):
            if trainer.global_step == 8:
                trainer.save_checkpoint(path)

    states = []
    options = {"ramp": constant, "refinement": 0.4, "teacher_steps": 3}
    for checkpoint in (None, path):
        method = build(VADA, seed=0 if checkpoint is None else 7, **options)
        callbacks = [RandomState(), *([Saver()] if checkpoint is None else [])]
        trainer(max_steps=10, callbacks=callbacks).fit(method, stripes(), ckpt_path=checkpoint)
        states.append(method.state_dict())
    assert same(states[0].values(), states[1].values())


@pytest.mark.parametrize("name", ["adversarial", "source_smoothness", "teacher_weight"])
def test_refuses_negative_weights(build, name):
    with pytest.raises(ValueError, match=f"weights of at least 0; got .*{name}=-1.0"):
        build(VADA, **{name: -1.0})


@pytest.mark.parametrize("options", [{"radius": 0.0}, {"refinement": 1.0}, {"teacher_steps": 0}])
def test_refuses_settings_out_of_range(build, options):
    with pytest.raises(ValueError, match="teacher_steps is at least 1; got radius="):
        build(VADA, **options)
