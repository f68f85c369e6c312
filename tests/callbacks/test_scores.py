from functools import partial

import numpy as np
import pytest
import torch

from da.batch import Labeled, Unlabeled
from da.callbacks import Scores
from da.methods import SourceOnly
from da.validators import Score, entropy, information_maximization, prior_matching, source_accuracy


def run(build, stripes, trainer, callback, **options):
    method, task = build(SourceOnly), stripes()
    fitted = trainer(callbacks=[callback], **options)
    fitted.fit(method, task)
    return method, task, fitted


def outputs(method, batches):
    """Features, logits and labels, if there are any, of an evaluation."""
    method.eval()
    return [
        method.embed(batch)
        if isinstance(batch, torch.Tensor)
        else (*method.embed(batch[0]), batch[1])
        for batch in batches
    ]


def test_logs_the_default_validators_of_all_held_out_samples(build, stripes, trainer):
    method, task, fitted = run(build, stripes, trainer, Scores())
    source, target = task.val_dataloader()
    source, target = Labeled(*outputs(method, source)[0]), Unlabeled(*outputs(method, target)[0])
    metrics = fitted.callback_metrics
    for validator in (source_accuracy, information_maximization):
        expected = validator(source, target).value
        assert metrics[f"score/{validator.__name__}"] == pytest.approx(expected, rel=1e-5)
    assert {k for k in metrics if k.startswith("score/")} == {
        "score/source_accuracy",
        "score/information_maximization",
    }


def test_oracle_is_the_accuracy_on_the_labelled_target_and_stands_apart(build, stripes, trainer):
    method, task, fitted = run(build, stripes, trainer, Scores())
    tested = fitted.test(method, task, verbose=False)
    assert fitted.callback_metrics["oracle/accuracy"] == tested[0]["oracle/accuracy"]


def test_without_the_oracle_no_target_label_is_read(build, stripes, trainer, monkeypatch):
    monkeypatch.setattr(stripes, "test_dataloader", lambda task: pytest.fail("labels were read"))
    _, _, fitted = run(build, stripes, trainer, Scores(oracle=False))
    assert "oracle/accuracy" not in fitted.callback_metrics


def test_a_validator_with_options_keeps_its_name(build, stripes, trainer):
    matching = partial(prior_matching, prior=np.array([0.5, 0.3, 0.2]))
    _, _, fitted = run(build, stripes, trainer, Scores([matching, entropy]))
    scores = {k for k in fitted.callback_metrics if k.startswith("score/")}
    assert scores == {"score/prior_matching", "score/entropy"}


def test_gathers_all_batches_and_starts_anew_at_each_validation(build, stripes, trainer):
    sizes = []

    def count(source: Labeled, target: Unlabeled) -> Score:
        sizes.append((len(source.labels), len(target.logits)))
        return Score(0.0, None)

    every_two = {"val_check_interval": 2, "check_val_every_n_epoch": None}
    _, task, _ = run(build, stripes, trainer, Scores([count]), max_steps=4, **every_two)
    n = task.split()["n"]
    assert sizes == [(n["s_val"], n["t_val"])] * 2


def test_scores_nothing_while_the_run_is_checked(build, stripes, trainer):
    calls = []

    def count(source: Labeled, target: Unlabeled) -> Score:
        calls.append(1)
        return Score(0.0, None)

    run(build, stripes, trainer, Scores([count], oracle=False), num_sanity_val_steps=1)
    assert len(calls) == 1  # after the last step alone
