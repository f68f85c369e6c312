import pytest
import torch

from da.methods import WDGRL, SourceOnly
from da.schedules import constant


def trained(build, stripes, trainer, cls=WDGRL, steps=3, data=None, **options):
    method = build(cls, **options)
    run = trainer(max_steps=steps)
    run.fit(method, stripes(**(data or {})))
    return method, run


def test_the_critic_steps_five_times_for_one_of_the_network(build, stripes, trainer):
    _, run = trained(build, stripes, trainer, width=5)
    network, critic = run.optimizers
    assert [int(next(iter(o.state.values()))["step"]) for o in (network, critic)] == [3, 15]
    assert run.global_step == 3


def test_weight_zero_is_source_only_bit_for_bit(build, stripes, trainer):
    states = []
    for cls, options in ((SourceOnly, {}), (WDGRL, {"weight": 0.0, "width": 5})):
        method, _ = trained(build, stripes, trainer, cls, **options)
        states.append(method.state_dict())
    source_only, wdgrl = states
    assert all(torch.equal(wdgrl[name], value) for name, value in source_only.items())


def test_the_network_brings_the_domains_together(build, stripes, trainer):
    distances = []
    for weight in (0.0, 1.0):
        method, run = trained(
            build, stripes, trainer, steps=80, weight=weight, ramp=constant, width=20
        )
        task = run.datamodule
        data = task.training_data
        source, target = (
            method.backbone(next(iter(task.evaluation(inputs)))).mean(0)
            for inputs in (data.source_train.without_labels(), data.target_adapt)
        )
        distances.append(((source - target).norm() / source.norm()).item())
    assert distances[1] < distances[0] / 2


@pytest.mark.parametrize(
    "options", [{"weight": -1.0}, {"penalty": -1.0}, {"critic_lr": 0.0}, {"critic_steps": 0}]
)
def test_refuses_settings_that_train_no_critic(build, options):
    with pytest.raises(ValueError, match="critic_steps at least 1; got weight="):
        build(WDGRL, **options)
