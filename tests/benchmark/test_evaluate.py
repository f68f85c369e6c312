import base64
import io
import json
import zlib

import numpy as np
import pytest
import torch
from small import changed, only, short, suite, train
from torch.nn import functional as F

from da.benchmark.evaluate import Evaluator, accuracy
from da.benchmark.execute import build
from da.benchmark.packing import encode, state_hash
from da.benchmark.scoring import NAMES
from da.layers import set_population_statistics
from da.transfer import label_shift_floor

METHODS = ("source_only", "adabn", "dann", "target_only")
TASKS = ("source->target", "source->target:label_shift")
SHIFTED = {"data": {"init_args": {"delta": 0.7, "prior": 0.7}}}


class Case:
    """A finished run, with its model and data built anew and the weights of its last step."""

    def __init__(self, run):
        (self.result,) = train(run)
        self.run, self.records = run, self.result.records
        self.last = self.records[-1]
        cli = build(run)
        self.model, self.task = cli.model, cli.datamodule
        trainer = cli.instantiate_trainer()
        trainer.fit(self.model, self.task)
        self.state = {k: v.clone() for k, v in self.model.state_dict().items()}
        self.model.eval()

    @torch.no_grad()
    def predict(self, samples):
        """Logits by the shortest way, without loaders."""
        return self.model(samples.inputs)

    def of_target(self):
        """The model with the statistics that it uses on the target."""
        self.model.load_state_dict(self.state)
        if self.run.method == "adabn":
            adapt = [self.task.training_data.target_adapt.inputs]
            set_population_statistics(self.model, adapt)
        return self

    def of_source(self):
        self.model.load_state_dict(self.state)
        return self

    def split(self):
        (content,) = (v for k, v in self.result.artifacts.items() if k.startswith("splits/"))
        return json.loads(content)


@pytest.fixture(scope="module", params=[(m, t) for m in METHODS for t in TASKS], ids=str)
def case(request):
    method, task = request.param
    return Case(only(short(suite(methods=(method,), tasks=(task,)), SHIFTED), method=method))


def decoded(record):
    content = zlib.decompress(base64.b64decode(record["predictions"]))
    return np.frombuffer(content, "<u2").astype(int)


def bits(record, count):
    packed = np.frombuffer(bytes.fromhex(record["correct"]), np.uint8)
    return np.unpackbits(packed, count=count).astype(bool)


def test_every_field_is_there_and_json_keeps_it(case):
    for record in case.records:
        assert json.loads(json.dumps(record, allow_nan=False)) == record
        assert record["schema"] == "1"
        assert record["run_id"] == case.run.id
        assert record["suite"] == "small"
        names = {"name", "dataset", "source", "target", "scenario", "axis", "level", "draw"}
        assert record["task"].keys() == names
        assert record["method"].keys() == {"name", "class", "hp", "labeled_domain"}
        assert record["split"].keys() == {"n", "sha256", "test_sha256", "protocol", "K"}
        assert record["backbone"].keys() == {"arch", "parameters", "bn_mode"}
        assert {"steps", "step", "batch_s", "batch_t", "optimizer"} <= record["train"].keys()
        assert record["metrics"].keys() == {"t_test", "t_adapt", "s_val", "t_val", "floor"}
        assert record["env"].keys() >= {"code_commit", "dirty", "python", "torch", "host_class"}
        assert record["cost"].keys() == {"train_s", "shared_by"}
        assert tuple(record["validators"]) == NAMES
        assert (record["status"], record["reason"], record["seed"]) == ("ok", None, 0)


def test_a_record_says_what_was_run(case):
    record = case.last
    assert record["method"]["name"] == case.run.method
    assert record["method"]["class"].startswith("da.methods.")
    assert record["method"]["hp"]["optimizer"]["init_args"]["lr"] == 0.1
    assert record["task"]["name"] == case.run.task
    assert record["task"]["scenario"] == ("label_shift" if ":" in case.run.task else "plain")
    assert (record["task"]["dataset"], record["task"]["source"]) == ("Gaussians", "source")
    assert record["backbone"]["arch"] == "MLP"
    assert record["backbone"]["parameters"] == 2 + 12 + 12  # two normalizations, a layer between
    assert record["train"]["steps"] == record["train"]["step"] == 12
    assert record["train"]["batch_s"] == record["train"]["batch_t"] == 32
    assert record["backbone"]["bn_mode"] == ("joint" if case.run.method == "dann" else None)


def test_predictions_are_those_of_the_weights_of_the_last_step(case):
    test = case.task.report_data.test
    expected = case.of_target().predict(test).argmax(1).numpy()
    assert np.array_equal(decoded(case.last), expected)
    assert case.last["artifacts"]["ckpt_sha256"] == state_hash(case.state)


def test_correctness_bits_accuracy_and_counts_agree_with_the_predictions(case):
    split = case.split()
    labels, weights = np.array(split["labels"]), np.array(split["weights"])
    assert split["ids"] == list(case.task.report_data.test.ids)
    for record in case.records:
        right = decoded(record) == labels
        assert np.array_equal(bits(record, len(labels)), right)
        measured = record["metrics"]["t_test"]
        assert measured["acc"] == pytest.approx((right * weights).sum() / weights.sum(), abs=1e-6)
        recalls = [right[labels == c].mean() for c in (0, 1)]
        assert measured["macro"] == pytest.approx(np.mean(recalls))
        counts = [[int((labels == c).sum()), int(right[labels == c].sum())] for c in (0, 1)]
        assert measured["per_class"] == counts


def test_label_shift_counts_each_class_by_its_shifted_prior(case):
    weights = np.array(case.split()["weights"])
    if ":" not in case.run.task:
        assert (weights == 1).all()
        return
    labels = np.array(case.split()["labels"])
    prior = case.task.scenario.prior(2)
    shares = [weights[labels == c].sum() / weights.sum() for c in (0, 1)]
    assert shares == pytest.approx(prior, abs=1e-6)
    recalls = np.array([right / n for n, right in case.last["metrics"]["t_test"]["per_class"]])
    assert case.last["metrics"]["t_test"]["acc"] == pytest.approx(prior @ recalls, abs=1e-6)
    assert abs(prior[1] - 0.7) > 0.05  # it is not what the samples are anyway


def test_source_numbers_are_of_held_out_source_samples(case):
    held_out = case.task.training_data.source_val
    logits = case.of_source().predict(held_out)
    measured = case.last["metrics"]["s_val"]
    right = (logits.argmax(1) == held_out.labels).double().mean().item()
    assert measured["acc"] == pytest.approx(right)
    nll = F.cross_entropy(logits.double(), held_out.labels).item()
    assert measured["nll"] == pytest.approx(nll, rel=1e-5)
    assert case.last["validators"]["source_accuracy"]["value"] == measured["acc"]
    assert case.last["validators"]["source_nll"]["value"] == -measured["nll"]


def test_target_numbers_are_of_unlabelled_validation_samples(case):
    logits = case.of_target().predict(case.task.training_data.target_val).double()
    p = logits.softmax(1)
    measured = case.last["metrics"]["t_val"]
    assert measured["mean_probabilities"] == pytest.approx(p.mean(0).tolist(), abs=1e-6)
    entropy = -(p * p.log()).sum(1).mean().item()
    assert measured["entropy"] == pytest.approx(entropy, abs=1e-6)
    shares = np.bincount(logits.argmax(1), minlength=2) / len(logits)
    assert measured["predicted"] == pytest.approx(shares.tolist())


def test_the_transductive_score_is_of_the_samples_adapted_to_at_the_last_step(case):
    adapt = case.task.report_data.adapt
    assert adapt.ids == case.task.training_data.target_adapt.ids
    right = (case.of_target().predict(adapt).argmax(1) == adapt.labels).double().mean().item()
    assert case.last["metrics"]["t_adapt"]["acc"] == pytest.approx(right)
    assert [r["metrics"]["t_adapt"] for r in case.records[:-1]] == [None, None]


def test_the_label_shift_floor_is_of_the_recorded_predictions(case):
    held_out = case.task.training_data.source_val
    expected = label_shift_floor(
        held_out.labels.numpy(),
        case.of_source().predict(held_out).argmax(1).numpy(),
        np.array(case.split()["labels"]),
        decoded(case.last),
        num_classes=2,
        target_weights=case.task.report_data.weights.double().numpy(),
    )
    floor = case.last["metrics"]["floor"]
    assert floor["floor"] == pytest.approx(expected)
    metrics = case.last["metrics"]
    assert floor["errors"] == pytest.approx(2 - metrics["s_val"]["acc"] - metrics["t_test"]["acc"])


def test_sizes_and_digests_of_the_split_are_those_of_the_task(case):
    split = case.last["split"]
    assert {k: split[k] for k in ("protocol", "n", "sha256")} == case.task.split()
    assert split["K"] == 2
    assert split["n"]["t_test"] == len(case.split()["ids"]) == 400
    assert f"splits/{split['test_sha256']}.json" in case.result.artifacts


def test_how_hard_the_task_is_made_stands_beside_the_result(case):
    test = case.task.report_data
    prior = np.bincount(test.test.labels, test.weights.double(), minlength=2)
    source = np.bincount(case.task.scene.source.train.labels, minlength=2)
    distance = np.abs(prior / prior.sum() - source / source.sum()).sum() / 2
    assert case.last["covariates"]["tv"] == pytest.approx(distance, abs=1e-6)
    assert case.last["covariates"]["target_classes"] == 2


def test_features_are_kept_of_the_showcase_at_the_last_step(case):
    (name,) = (k for k in case.result.artifacts if k.startswith("features/"))
    assert case.last["artifacts"]["features"] == name == f"features/{case.run.id}.npz"
    assert [r["artifacts"]["features"] for r in case.records[:-1]] == [None, None]
    arrays = np.load(io.BytesIO(case.result.artifacts[name]))
    source, target = case.task.training_data.source_val, case.task.report_data.test
    assert arrays["source"].shape == (len(source), 6)
    assert arrays["target"].shape == (300, 6)  # what a picture shows
    assert arrays["source_labels"].tolist() == source.labels.tolist()
    assert arrays["target_labels"].tolist() == target.labels[:300].tolist()
    with torch.no_grad():
        expected = case.of_target().model.backbone(target.inputs[:300])
    np.testing.assert_allclose(arrays["target"], expected.numpy(), atol=2e-2)


def test_no_features_are_kept_of_other_runs_or_of_a_single_dimension():
    plain = short(suite(methods=("source_only",), tasks=TASKS, showcase=TASKS[1]))[0]
    (result,) = train(plain)
    assert [name.split("/")[0] for name in result.artifacts] == ["splits", "logits"]
    line = changed(plain, {"keep_features": True})
    line.config["model"]["init_args"]["backbone"]["init_args"]["hidden"] = []
    (result,) = train(line)
    assert [name.split("/")[0] for name in result.artifacts] == ["splits", "logits"]
    assert result.records[-1]["artifacts"]["features"] is None


def test_another_test_label_or_weight_is_another_test_set():
    def digest(*changes):
        run = short(suite(methods=("source_only",)), *changes)[0]
        cli = build(run)
        return Evaluator(run, cli.model, cli.datamodule).failure("failed", "")["split"]

    plain, label, weight = (
        digest(),
        digest({"data": {"init_args": {"prior": 0.6}}}),
        digest({"data": {"init_args": {"scenario": {"class_path": "da.data.LabelShift"}}}}),
    )
    assert len({split["test_sha256"] for split in (plain, label, weight)}) == 3
    assert digest() == plain


def test_counts_of_a_hand_computed_example():
    labels, predictions = np.array([0, 0, 0, 2, 2, 2, 2]), np.array([0, 1, 0, 2, 2, 0, 2])
    assert accuracy(labels, predictions, np.ones(7), 4) == {
        "acc": pytest.approx(5 / 7),
        "macro": pytest.approx((2 / 3 + 3 / 4) / 2),
        "per_class": [[3, 2], [0, 0], [4, 3], [0, 0]],
    }
    weights = np.array([2, 2, 2, 0.25, 0.25, 0.25, 0.25])
    assert accuracy(labels, predictions, weights, 4)["acc"] == pytest.approx(4.75 / 7)


def test_predictions_of_many_classes_are_encoded():
    predictions = np.array([0, 999, 40000, 3])
    assert decoded({"predictions": encode(predictions)}).tolist() == predictions.tolist()


def test_the_hash_of_weights_knows_names_and_every_bit():
    weights = {"a": torch.tensor([1.0, 2.0]), "b": torch.tensor(3)}
    assert state_hash(weights) == state_hash(dict(reversed(weights.items())))
    hashes = {
        state_hash(weights),
        state_hash({**weights, "a": torch.tensor([1.0, 2.0000002])}),
        state_hash({"a": weights["a"], "c": weights["b"]}),
        state_hash({**weights, "b": torch.tensor(4)}),
    }
    assert len(hashes) == 4
