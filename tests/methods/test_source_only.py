import csv

import pytest
import torch
from pytorch_lightning import Callback
from pytorch_lightning.loggers import CSVLogger
from torch.nn import functional as F

from da.methods import SourceOnly
from da.schedules import cosine_decay


def batch(stripes):
    task = stripes()
    source, target = task.training_data.source_train, task.training_data.target_adapt
    images = source.inputs[:8].float() / 255
    return {"source": (images, source.labels[:8]), "target": target.inputs[:8].float() / 255}


def test_minimizes_the_cross_entropy_of_the_source(build, stripes):
    method, data = build(SourceOnly), batch(stripes)
    inputs, labels = data["source"]
    outputs = method.training_step(data, 0)
    expected = F.cross_entropy(method.classifier(method.backbone(inputs)), labels)
    torch.testing.assert_close(outputs["loss"], expected)
    assert outputs["task_loss"] is outputs["loss"]


def test_smooth_labels_spread_a_share_over_all_classes(build, stripes):
    method, data = build(SourceOnly, label_smoothing=0.3), batch(stripes)
    inputs, labels = data["source"]
    log_probabilities = method(inputs).log_softmax(1)
    spread = 0.7 * F.one_hot(labels, 3) + 0.3 / 3
    expected = -(spread * log_probabilities).sum(1).mean()
    torch.testing.assert_close(method.training_step(data, 0)["loss"], expected)
    with pytest.raises(ValueError, match=r"lies in \[0, 1\); got label_smoothing=1.0"):
        build(SourceOnly, label_smoothing=1.0)


def test_never_passes_the_target_through_the_network(build, stripes):
    method, data = build(SourceOnly), batch(stripes)
    seen = []
    method.backbone.register_forward_hook(lambda m, inputs, out: seen.append(inputs[0]))
    method.training_step(data, 0)
    assert len(seen) == 1
    assert torch.equal(seen[0], data["source"][0])


def test_learning_rate_follows_its_schedule(build, stripes, trainer):
    rates = []

    class Observer(Callback):
        def on_train_batch_start(self, trainer, pl_module, batch, batch_idx):
            rates.append(trainer.optimizers[0].param_groups[0]["lr"])

    run = trainer(max_steps=4, callbacks=[Observer()])
    run.fit(build(SourceOnly, lr=0.1, lr_schedule=cosine_decay), stripes())
    assert rates == pytest.approx([0.1 * cosine_decay(i / 4) for i in range(4)])


@pytest.mark.parametrize("steps", [-1, 0])
def test_refuses_to_train_without_a_number_of_steps(build, stripes, trainer, steps):
    sentence = rf"set trainer.max_steps to at least 1 \(it is {steps}\)"
    with pytest.raises(ValueError, match=sentence):
        trainer(max_steps=steps, max_epochs=1).fit(build(SourceOnly), stripes())


def test_logs_losses_and_learning_rate_at_the_steps_that_log(build, stripes, trainer, tmp_path):
    logger = CSVLogger(tmp_path, name="", version="")
    run = trainer(max_steps=6, log_every_n_steps=2, logger=logger)
    run.fit(build(SourceOnly, lr=0.1), stripes())
    with (tmp_path / "metrics.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [int(r["step"]) for r in rows] == [2, 4, 6]
    assert all(float(r["train/loss"]) == float(r["train/task_loss"]) > 0 for r in rows)
    assert all(float(r["train/lr"]) == pytest.approx(0.1) for r in rows)


def test_runs_without_any_logging(build, stripes, trainer):
    run = trainer(max_steps=2, log_every_n_steps=0)
    run.fit(build(SourceOnly), stripes())
    assert run.global_step == 2
