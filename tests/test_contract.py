"""What every method has to keep to, whatever its paper."""

import inspect
from functools import partial

import pytest
import torch
from pytorch_lightning import Callback
from torch import Tensor, nn

import da.methods
from da.backbones import Backbone, DigitCNN
from da.callbacks import RandomState, Scores
from da.layers import Head, batch_norms
from da.methods import (
    ADDA,
    AFN,
    DANN,
    DSBN,
    MCC,
    MCD,
    MIC,
    SHOT,
    SWD,
    AdaBN,
    Alternating,
    DomainAdaptation,
    FixMatch,
    Joint,
    JointTraining,
    PseudoLabel,
    SelfEnsembling,
    Shallow,
    SourceOnly,
    SymNets,
    TargetOnly,
    TransNorm,
)
from da.schedules import constant
from da.shallow import SubspaceAlignment, nearest_neighbor


def concrete(base):
    exported = [getattr(da.methods, name) for name in da.methods.__all__]
    classes = [c for c in exported if inspect.isclass(c) and issubclass(c, base)]
    return [c for c in classes if not inspect.isabstract(c)]


METHODS = concrete(DomainAdaptation)
JOINT = concrete(JointTraining)
#: They need batch normalization, and that of one domain is none of the other's.
NORMALIZING = [cls for cls in METHODS if issubclass(cls, AdaBN | DSBN | TransNorm)]
ALTERNATING = concrete(Alternating)
NORMALIZED = partial(DigitCNN, channels=(2, 3), out_features=8, batch_norm=True)
#: What a method needs to do something in the first steps of a tiny network on tiny images.
OPTIONS = {
    FixMatch: {"threshold": 0.0},
    Joint: {"terms": [partial(DANN, width=5, ramp=constant), partial(MCC, ramp=constant)]},
    MIC: {"patch": 7},
    PseudoLabel: {"threshold": 0.0},
    SelfEnsembling: {"threshold": 0.0},
    Shallow: {"baseline": partial(SubspaceAlignment, dimension=3), "classifier": nearest_neighbor},
}
every_method = pytest.mark.parametrize("cls", METHODS)
#: What is fitted at once has no gradient, no later step, and nothing that a seed of order changes.
every_stepping_method = pytest.mark.parametrize("cls", [cls for cls in METHODS if cls.takes_steps])
every_joint_method = pytest.mark.parametrize("cls", JOINT)
# ADDA and SHOT meet each domain by itself, so that no batch holds both.
BOTH = [c for c in JOINT + ALTERNATING if c not in {ADDA, SHOT} and c not in NORMALIZING]
every_method_of_both_domains = pytest.mark.parametrize("cls", BOTH)

#: What a method keeps and never trains; of most, a teacher.
FROZEN = {"ADDA": "source_encoder.", "Shallow": "backbone."}


class Forgetful(Backbone):
    """A network with batch normalization and dropout."""

    def __init__(self, in_channels):
        super().__init__()
        self.layers = nn.Sequential(NORMALIZED(in_channels), nn.Dropout(0.5))
        self.out_features = 8

    def forward(self, inputs):
        return self.layers(inputs)


class Saver(Callback):
    """Save a checkpoint after some step."""

    def __init__(self, step, path):
        self.step, self.path = step, path

    def on_train_batch_end(self, trainer, pl_module, outputs, batch, batch_idx):
        if trainer.global_step == self.step:
            trainer.save_checkpoint(self.path)


class Witness(Callback):
    """Keep the training batches and each parameter's first gradient, of the first steps."""

    def __init__(self, steps=1):
        self.batches, self.gradients, self.steps = [], {}, steps

    def on_train_batch_start(self, trainer, pl_module, batch, batch_idx):
        self.batches.append(batch)

    def on_before_optimizer_step(self, trainer, pl_module, optimizer):
        if trainer.global_step >= self.steps:
            return
        moved = {id(p) for group in optimizer.param_groups for p in group["params"]}
        for name, p in pl_module.named_parameters():
            if id(p) in moved and p.grad is not None:
                self.gradients.setdefault(name, p.grad.clone())


@pytest.fixture
def fit(stripes, build, trainer):
    """Return a function that trains a method for a few steps."""

    def fit(cls, *, data=None, options=None, callbacks=(), checkpoint=None, **kwargs):
        if cls in NORMALIZING:
            kwargs = {**kwargs, "network": kwargs.get("network") or NORMALIZED}
        method = build(cls, **{**OPTIONS.get(cls, {}), **kwargs})
        shown = {"labeled_domain": cls.labeled_domain, "second_view": cls.needs_second_view}
        task = stripes(**{**shown, **(data or {})})
        run = trainer(callbacks=[Scores(), *callbacks], **(options or {}))
        run.fit(method, task, ckpt_path=checkpoint)
        return method, run

    return fit


def weights(method, *parts):
    """Return copies of parameters and buffers, of the named parts or of all."""
    state = method.state_dict().items()
    return {k: v.clone() for k, v in state if not parts or k.split(".")[0] in parts}


def parameters(method):
    return {name: p.detach().clone() for name, p in method.named_parameters()}


def learned(method):
    """Return copies of what training changes: of what takes no steps, the samples it keeps."""
    return parameters(method) if method.takes_steps else weights(method, *method.sized_by_data)


def same(first, second):
    assert first.keys() == second.keys()
    return all(torch.equal(first[k], second[k]) for k in first)


def at_full_weight(cls):
    """Return the option that leaves out the ramp of a method's weight, if it has one."""
    has = any("ramp" in inspect.signature(base.__init__).parameters for base in cls.__mro__)
    return {"ramp": constant} if has else {}


def scores(run):
    return {k: v for k, v in run.callback_metrics.items() if k.startswith("score/")}


def test_the_package_exports_the_methods_that_it_has():
    files = {cls.__module__ for cls in METHODS}
    assert len(files) == len(METHODS) >= 6  # one paper a file


@every_stepping_method
def test_learns_behind_a_classifier_with_hidden_layers(cls, fit, tmp_path):
    head = partial(Head, hidden=(7, 5), batch_norm=True)
    method, run = fit(cls, head=head, **at_full_weight(cls))
    heads = [m for m in method.children() if isinstance(m, Head)]
    assert heads[0] is method.classifier
    # a second classifier is of the same kind
    assert len(heads) == (2 if cls in {MCD, SWD, SymNets} else 1)
    assert all(p.isfinite().all() for p in method.parameters())
    run.save_checkpoint(tmp_path / "deep.ckpt")
    assert same(weights(da.methods.load(tmp_path / "deep.ckpt")), weights(method))


def learning_rates(method):
    """Return the learning rates of each parameter, one for each optimizer that moves it."""
    alternates = isinstance(method, Alternating)
    names = {id(p): name for name, p in method.named_parameters()}
    rates = {}
    for groups in method.players().values() if alternates else [method.parameter_groups()]:
        for group in method.make_optimizer(groups).param_groups:
            for parameter in group["params"]:
                rates.setdefault(names[id(parameter)], []).append(group["lr"])
    return rates


@every_stepping_method
def test_a_slower_backbone_slows_nothing_else(cls, build):
    network = {"network": NORMALIZED} if cls in NORMALIZING else {}
    usual, slower = (
        learning_rates(build(cls, backbone_lr=factor, **network, **OPTIONS.get(cls, {})))
        for factor in (1.0, 0.5)
    )
    assert usual.keys() == slower.keys()
    for name, rates in usual.items():
        factor = 0.5 if name.startswith("backbone.") else 1.0
        assert slower[name] == [factor * rate for rate in rates], name


@every_method
def test_fits_validates_tests_and_predicts(cls, fit):
    method, run = fit(cls)
    assert run.global_step == (5 if cls.takes_steps else 1)
    assert all(p.isfinite().all() for p in method.parameters())
    assert {"score/source_accuracy", "oracle/accuracy"} <= run.callback_metrics.keys()
    assert all(0 <= v <= 1 for v in run.callback_metrics.values())
    (validated,) = run.validate(method, run.datamodule, verbose=False)[:1]
    assert "score/source_accuracy" in validated
    assert "oracle/accuracy" not in validated
    (tested,) = run.test(method, run.datamodule, verbose=False)
    assert 0 <= tested["oracle/accuracy"] <= 1
    probabilities = torch.cat(run.predict(method, run.datamodule))
    assert probabilities.shape == (60, 3)
    torch.testing.assert_close(probabilities.sum(1), torch.ones(60))


@every_method
def test_learns_its_own_labels(cls, fit):
    options = {"weight": 0.1} if cls in JOINT else {}  # these domains are inversions: hard to align
    if cls is AFN:  # at a tenth, norms of this network are in the thousands by then
        options = {"weight": 0.01}
    _, run = fit(cls, options={"max_steps": 60}, **options)
    assert scores(run)["score/source_accuracy"] > 0.8


@every_method
def test_every_parameter_learns(cls, fit):
    witness = Witness(steps=5 if cls in ALTERNATING else 1)  # some have stages
    method, _ = fit(cls, callbacks=[witness], **at_full_weight(cls))
    frozen = {name for name, p in method.named_parameters() if not p.requires_grad}
    assert all(name.startswith(FROZEN.get(cls.__name__, "teacher.")) for name in frozen)
    assert witness.gradients.keys() == dict(method.named_parameters()).keys() - frozen
    assert [name for name, g in witness.gradients.items() if not g.any()] == []


@every_joint_method
def test_network_receives_the_gradient_of_the_task_and_of_the_domains(cls, fit):
    gradients = []
    network = NORMALIZED if cls in NORMALIZING else None
    # TransNorm passes the source through the network in another way than source-only does.
    task_alone = (cls, {"weight": 1e-12}) if cls is TransNorm else (SourceOnly, {})
    for chosen, options in (
        task_alone,
        (cls, {"weight": 1.0, "ramp": constant}),
        (cls, {"weight": 3.0, "ramp": constant}),
    ):
        witness = Witness()
        double = {"max_steps": 1, "precision": "64-true"}
        fit(chosen, network=network, callbacks=[witness], options=double, **options)
        gradients.append(witness.gradients)
    task, once, thrice = gradients
    for name, gradient in task.items():
        assert gradient.any()
        if name.startswith("backbone"):
            domain = once[name] - gradient
            assert domain.norm() > 1e-6 * gradient.norm()
            torch.testing.assert_close(thrice[name] - gradient, 3 * domain)


@every_joint_method
def test_what_lies_behind_the_network_learns_at_the_same_rate_whatever_the_weight(cls, fit):
    gradients = []
    for weight in (0.5, 4.0):
        witness = Witness()
        options = {"max_steps": 1}
        fit(cls, callbacks=[witness], options=options, weight=weight, ramp=constant)
        gradients.append(witness.gradients)
    first, second = gradients
    for name in first:
        if name.split(".")[0] not in cls.network:
            assert first[name].any()
            assert torch.equal(first[name], second[name])


@pytest.mark.parametrize(
    "network", [None, NORMALIZED, Forgetful], ids=["plain", "batch norm", "dropout"]
)
@every_joint_method
def test_weight_zero_is_source_only_bit_for_bit(cls, fit, network):
    network = network or (NORMALIZED if cls in NORMALIZING else None)
    source_only, run = fit(SourceOnly, network=network)
    method, other = fit(cls, network=network, weight=0.0)
    parts = "backbone", "classifier"
    assert same(weights(method, *parts), weights(source_only, *parts))
    assert scores(run) == scores(other)
    adapted, _ = fit(cls, network=network, weight=1.0, ramp=constant)
    assert not same(weights(adapted, *parts), weights(source_only, *parts))


@every_method
def test_same_seed_same_weights_and_another_seed_others(cls, fit):
    first, _ = fit(cls)
    assert same(weights(fit(cls)[0]), weights(first))
    assert not same(weights(fit(cls, seed=1)[0]), weights(first))
    reordered, _ = fit(cls, data={"seed": 1})
    assert same(weights(reordered), weights(first)) is not cls.takes_steps


@every_method
def test_depends_on_the_inputs_of_the_target_only_if_it_says_so(cls, fit):
    first, _ = fit(cls)
    second, _ = fit(cls, data={"darker": 30})
    assert same(learned(first), learned(second)) is not cls.uses_target


@every_method
def test_labels_of_the_target_change_nothing_but_the_ceiling(cls, fit):
    def relabel(labels):
        return (labels + 1) % 3

    first, run = fit(cls)
    second, other = fit(cls, data={"relabel": relabel})
    if cls is TargetOnly:
        assert not same(weights(first), weights(second))
        return
    assert same(weights(first), weights(second))
    assert scores(run) == scores(other)
    # and the accuracy on the target does see them
    outcomes = []
    for method, task in ((first, run.datamodule), (second, other.datamodule)):
        batches = list(task.test_dataloader())
        outcomes.append([(method(x).argmax(1) == y).tolist() for x, y in batches])
    assert outcomes[0] != outcomes[1]


@every_method
def test_training_batches_hold_no_label_of_the_target(cls, fit):
    witness = Witness()
    _, run = fit(cls, callbacks=[witness])
    assert len(witness.batches) == (5 if cls.takes_steps else 1)
    views = {"source", "target", *(["target_strong"] if cls.needs_second_view else [])}
    for batch in witness.batches:
        assert batch.keys() == views
        inputs, labels = batch["source"]
        assert isinstance(batch["target"], Tensor)
        assert inputs.shape == batch["target"].shape == (12, 1, 28, 28)
        assert labels.shape == (12,)
    sizes = run.datamodule.split()["n"]
    assert sizes["s_train"] != sizes["t_adapt"]


@every_method_of_both_domains
def test_batch_normalization_of_both_domains_together_is_another_training(cls, fit):
    for network, alike in ((None, True), (NORMALIZED, False)):
        states = []
        for mode in ("joint", "separate"):
            options = {"network": network, "batch_norm": mode, **at_full_weight(cls)}
            method, _ = fit(cls, **options, lr=1e-4, options={"max_steps": 2})
            states.append(weights(method, "backbone"))
        close = all(torch.allclose(states[0][k], states[1][k], atol=1e-3) for k in states[0])
        assert close is alike


@every_stepping_method
def test_a_resumed_run_is_the_uninterrupted_one(cls, fit, tmp_path):
    path = tmp_path / "half.ckpt"
    options = {"max_steps": 6, "val_check_interval": 2, "check_val_every_n_epoch": None}
    options = {"network": Forgetful, "options": options}
    method, whole = fit(cls, callbacks=[RandomState(), Saver(3, path)], **options)
    resumed, rest = fit(cls, callbacks=[RandomState()], checkpoint=path, seed=7, **options)
    assert rest.global_step == 6
    assert same(weights(method), weights(resumed))
    assert scores(whole) == scores(rest)
    first, second = (run.optimizers[0].param_groups[0]["lr"] for run in (whole, rest))
    assert first == second


@pytest.mark.parametrize(
    ("precision", "dtype"), [("bf16-mixed", torch.float32), ("64-true", torch.float64)]
)
@every_method
def test_trains_and_evaluates_in_another_precision(cls, fit, precision, dtype):
    method, run = fit(cls, options={"precision": precision})
    assert all(p.dtype == dtype and p.isfinite().all() for p in method.parameters())
    assert scores(run)["score/source_accuracy"].isfinite()
    (tested,) = run.test(method, run.datamodule, verbose=False)
    assert tested["oracle/accuracy"] == run.callback_metrics["oracle/accuracy"]
    exact, _ = fit(cls)
    known = learned(exact)
    assert not same({k: x.to(known[k]) for k, x in learned(method).items()}, known)


@every_method
def test_a_checkpoint_restores_the_method(cls, fit, tmp_path):
    method, run = fit(cls, lr=0.003)
    run.save_checkpoint(tmp_path / "method.ckpt")
    loaded = da.methods.load(tmp_path / "method.ckpt")
    assert type(loaded) is cls
    assert same(weights(loaded), weights(method))
    images = torch.rand(4, 1, 28, 28)
    assert torch.equal(loaded.eval()(images), method.eval()(images))
    assert dict(loaded.hparams) == dict(method.hparams)
    (group,) = loaded.optimizer([nn.Parameter(torch.zeros(1))]).param_groups
    assert group["lr"] == 0.003
    assert bool(batch_norms(loaded)) is (cls in NORMALIZING)


@every_stepping_method
def test_divergence_stops_the_run(cls, fit):
    options = {"log_every_n_steps": 1, "max_steps": 20}
    with pytest.raises(FloatingPointError, match=r"training diverged: at step \d+ train/loss is "):
        fit(cls, lr=1e30, options=options)


@every_method
def test_data_that_offers_the_labels_of_the_other_domain_is_refused(cls, fit):
    own = cls.labeled_domain
    other = {"source": "target", "target": "source"}[own]
    sentence = (
        f"{cls.__name__} trains on the {own}'s labels, but the data offers the {other}'s; "
        f"set data.labeled_domain={own}"
    )
    with pytest.raises(ValueError, match=sentence):
        fit(cls, data={"labeled_domain": other})


@pytest.mark.parametrize("weight", [-1.0, float("nan")])
@every_joint_method
def test_a_negative_weight_is_refused(cls, build, weight):
    with pytest.raises(ValueError, match=f"adaptation term is at least 0; got weight={weight}"):
        build(cls, **{**OPTIONS.get(cls, {}), "weight": weight})


@every_method
def test_a_classifier_of_one_class_is_refused(cls):
    options = {k: v for k, v in OPTIONS.get(cls, {}).items() if k != "network"}
    with pytest.raises(ValueError, match="at least 2 classes; got num_classes=1"):
        cls(num_classes=1, **options)
