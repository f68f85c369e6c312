"""Run one training and score its checkpoints on each target: the code that workers execute."""

import time
from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from pytorch_lightning import Callback, LightningModule, Trainer
from pytorch_lightning.loggers.logger import DummyLogger

from da.benchmark.backwards import reverse_validation
from da.benchmark.evaluate import Evaluator
from da.benchmark.grid import Run
from da.benchmark.packing import state_hash
from da.benchmark.scoring import stored
from da.benchmark.store import Result
from da.cli import DomainAdaptationCLI, quiet
from da.data import TransferTask
from da.methods import DomainAdaptation, NotApplicable

Report = Callable[[float, dict[str, Any]], None]

#: The trainer of a cell: nothing but the steps. Scores are computed after training.
TRAINER = {
    "logger": False,
    "callbacks": None,
    "enable_progress_bar": False,
    "enable_checkpointing": False,
    "enable_model_summary": False,
    "limit_val_batches": 0,
}


#: What a run's configuration says beyond training.
OWN = ("checkpoints", "keep_features", "reverse_validation")


class Snapshots(Callback):
    """Keep the weights at equally spaced steps.

    Training itself never meets a labelled target sample: what is measured is measured afterwards.
    """

    def __init__(self, count: int, report: Report) -> None:
        self.count, self.report = count, report
        self.states: dict[int, dict[str, torch.Tensor]] = {}

    def on_train_batch_end(
        self, trainer: Trainer, pl_module: LightningModule, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        step, steps = trainer.global_step, trainer.max_steps
        if step * self.count // steps > (step - 1) * self.count // steps:
            self.states[step] = {k: v.detach().clone() for k, v in pl_module.state_dict().items()}
            self.report(step / steps, {"loss": float(outputs["loss"])})


class MemoryLogger(DummyLogger):
    """Keep the logged scalars."""

    def __init__(self) -> None:
        super().__init__()
        self.history: list[dict[str, float]] = []

    def log_metrics(self, metrics: dict[str, float], step: int | None = None) -> None:
        self.history.append({"step": step or 0, **{k: round(v, 6) for k, v in metrics.items()}})


def execute(runs: list[Run], report: Report) -> list[Result]:
    """Train once and score the checkpoints for each run of the job.

    Args:
        runs: Runs of one job: the same training, on several targets.
        report: Called with the progress in [0, 1] and what is worth showing.

    Returns:
        One result per run; a run that diverged or cannot be has its reason in place of numbers.
    """
    quiet()
    start = time.perf_counter()
    try:
        cli = build(runs[0])
    except ValueError as error:
        reason = not_applicable(error)
        if reason is None:
            raise
        return [Result(r.id, "not_applicable", reason) for r in runs]
    snapshots, log = Snapshots(runs[0].config["checkpoints"], report), MemoryLogger()
    trainer = cli.instantiate_trainer(logger=log, callbacks=[snapshots])
    diverged = None
    try:
        trainer.fit(cli.model, cli.datamodule)
    except NotApplicable as error:  # which shows with the first batch
        return [Result(r.id, "not_applicable", str(error)) for r in runs]
    except FloatingPointError as error:
        diverged = str(error)
    trained = time.perf_counter() - start
    cli.model.to(trainer.strategy.root_device)  # training leaves it on the CPU
    results = []
    for i, run in enumerate(runs):
        task = cli.datamodule if i == 0 else build(run).datamodule
        task.trainer = trainer
        evaluator = Evaluator(run, cli.model, task)
        records, reason = [], diverged
        try:
            for step, state in snapshots.states.items() if reason is None else ():
                cli.model.load_state_dict(state)
                records.append(evaluator.record(step, last=step == trainer.max_steps))
        except FloatingPointError as error:
            reason = str(error)
        if reason is None and run.config.get("reverse_validation"):
            score = reverse_validation(
                cli.model, task, snapshots.states, build(run).model, partial(_train, run)
            )
            for record in records:
                record["validators"]["circv"] = stored(score)
        if reason is None:
            records[-1]["artifacts"]["ckpt_sha256"] = state_hash(state)
            report(1.0, {"accuracy": records[-1]["metrics"]["t_test"]["acc"]})
        else:
            records = [evaluator.failure("diverged", reason)]
        records[-1]["loss_log"] = log.history
        for record in records:
            record["cost"] = {"train_s": round(trained, 2), "shared_by": len(runs)}
        status = records[-1]["status"]
        results.append(Result(run.id, status, reason, records, evaluator.artifacts()))
    return results


def build(run: Run) -> DomainAdaptationCLI:
    """Build model, data and trainer of a run, exactly as ``da fit`` does."""
    config = {k: v for k, v in run.config.items() if k not in OWN}
    config["trainer"] = {**config["trainer"], **TRAINER}
    return DomainAdaptationCLI(args=config, run=False)


def _train(
    run: Run, model: DomainAdaptation, task: TransferTask
) -> dict[int, dict[str, torch.Tensor]]:
    """Train as the run says, on another task, and return the checkpoints."""
    snapshots = Snapshots(run.config["checkpoints"], lambda progress, shown: None)
    trainer = build(run).instantiate_trainer(logger=MemoryLogger(), callbacks=[snapshots])
    trainer.fit(model, task)
    model.to(trainer.strategy.root_device)
    return snapshots.states


def not_applicable(error: BaseException | None) -> str | None:
    """Return why a method cannot be with a network or data, if that is what an error says."""
    # jsonargparse raises what a constructor raised inside an error of its own
    while error is not None:
        if isinstance(error, NotApplicable):
            return str(error)
        error = error.__cause__ or error.__context__
    return None
