import pytest
import torch
from pytorch_lightning import Callback

from da.methods import ADDA, SourceOnly
from da.schedules import cosine_decay


class Keep(Callback):
    """Keep the weights after each step."""

    def __init__(self):
        self.states = []

    def on_train_batch_end(self, trainer, pl_module, outputs, batch, batch_idx):
        self.states.append({k: v.clone() for k, v in pl_module.state_dict().items()})


def part(state, name):
    return {k.removeprefix(f"{name}."): v for k, v in state.items() if k.startswith(f"{name}.")}


def same(first, second):
    return all(torch.equal(first[k], second[k]) for k in second)


@pytest.fixture
def states(build, stripes, trainer):
    """Return the weights after each of 10 steps, of which 6 train the source encoder."""
    keep = Keep()
    method = build(ADDA, width=5, pretraining=0.6, lr_schedule=cosine_decay)
    trainer(max_steps=10, callbacks=[keep]).fit(method, stripes())
    return keep.states


def test_the_first_stage_is_source_only(states, build, stripes, trainer):
    keep = Keep()
    method = build(SourceOnly, lr_schedule=cosine_decay)
    trainer(max_steps=10, callbacks=[keep]).fit(method, stripes())
    for ours, theirs in zip(states[:6], keep.states[:6], strict=True):
        assert same(ours, theirs)
    assert not same(states[6], keep.states[6])


def test_the_second_stage_moves_the_target_encoder_and_the_discriminator_alone(states):
    encoder, end = part(states[5], "backbone"), states[-1]
    for state in states[5:]:
        assert same(part(state, "source_encoder"), encoder)
        assert same(part(state, "classifier"), part(states[5], "classifier"))
    assert same(part(states[5], "backbone"), part(states[5], "source_encoder"))
    assert not same(part(end, "backbone"), encoder)
    assert same(part(states[0], "discriminator"), part(states[5], "discriminator"))
    assert not same(part(end, "discriminator"), part(states[5], "discriminator"))


def test_the_encoder_learns_to_be_taken_for_the_source(build, stripes, trainer):
    outputs = []

    class Watch(Callback):
        def on_train_batch_end(self, trainer, pl_module, out, batch, batch_idx):
            outputs.append(out)

    # a discriminator that hardly learns is fooled more and more
    method = build(ADDA, width=20, pretraining=0.1, encoder_lr=1.0, discriminator_lr=1e-6)
    trainer(max_steps=40, callbacks=[Watch()]).fit(method, stripes())
    losses = [float(out["encoder_loss"]) for out in outputs if "encoder_loss" in out]
    assert len(losses) == 36
    assert losses[-1] < losses[0] / 2


@pytest.mark.parametrize("pretraining", [0.0, 1.0])
def test_refuses_to_leave_a_stage_out(build, pretraining):
    with pytest.raises(ValueError, match=f"between 0 and 1; got pretraining={pretraining}"):
        build(ADDA, pretraining=pretraining)


@pytest.mark.parametrize("name", ["encoder_lr", "discriminator_lr"])
def test_refuses_learning_rates_of_zero(build, name):
    with pytest.raises(ValueError, match=f"are positive; got .*{name}=0.0"):
        build(ADDA, **{name: 0.0})
