"""Golden values: three candidates whose ensemble is known, and seeds that agree where stated."""

import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from da.benchmark.validator_pool import add_pool_scores, logits_path, pack_logits, unpack_logits
from tests.benchmark.records import record, split, unfinished

LABELS = [0, 0, 1, 1]
KEY, _ = split(LABELS)
# Probabilities of the first of two classes, of four samples
FIRST, SECOND, THIRD = [0.9, 0.6, 0.2, 0.3], [0.8, 0.4, 0.1, 0.4], [0.2, 0.3, 0.9, 0.2]


def logits(first_class):
    p = torch.tensor(first_class)
    return torch.stack([p, 1 - p], 1).log()


def run(method, *steps, seed=0, **options):
    """Return records of a run, one a step, with its logits by path."""
    records = [
        record(method, LABELS, LABELS, test_sha256=KEY, step=100 * i, seed=seed, num_classes=2)
        for i, _ in enumerate(steps, start=1)
    ]
    path = logits_path(records[0]["run_id"])
    for entry in records:
        entry["artifacts"]["logits"] = path
        entry["method"] |= options
    stored = {100 * i: logits(p) for i, p in enumerate(steps, start=1)}
    return records, {path: pack_logits(stored)}


def scored(*runs):
    records = [entry for entries, _ in runs for entry in entries]
    contents = {path: content for _, files in runs for path, content in files.items()}
    return add_pool_scores(records, contents.get)


def values(records, validator):
    return [r["validators"].get(validator, {}).get("value") for r in records]


def test_agreement_with_the_ensemble_of_all_checkpoints():
    found = scored(run("source_only", FIRST), run("dan", SECOND, THIRD))
    assert values(found, "ensv") == [0.75, 1.0, 0.5]
    assert {r["validators"]["ensv"]["pool"] for r in found} == {3}
    assert found[0]["validators"]["source_accuracy"]["value"] == 0.9  # others stay


def test_each_seed_has_a_pool_of_its_own():
    found = scored(run("source_only", FIRST), run("dan", THIRD, seed=1))
    assert values(found, "ensv") == [1.0, None]  # no source-only in the second pool


def test_without_source_only_there_is_no_ensemble():
    assert values(scored(run("dan", SECOND, THIRD)), "ensv") == [None, None]


def test_what_trains_on_target_labels_is_no_candidate():
    ceiling = run("target_only", THIRD, labeled_domain="target")
    found = scored(run("source_only", FIRST), run("dan", SECOND), ceiling)
    assert values(found, "ensv")[2] is None
    assert found[0]["validators"]["ensv"]["pool"] == 2


def test_each_seed_is_compared_with_the_next_and_the_last_with_the_first():
    found = scored(*(run("dan", p, seed=s) for s, p in ((0, FIRST), (3, SECOND), (5, THIRD))))
    # Classes: 0 0 1 1, then 0 1 1 1, then 1 1 0 1
    assert values(found, "gde") == [0.75, 0.5, 0.25]


def test_seeds_of_other_steps_or_methods_are_not_compared():
    found = scored(run("dan", FIRST, FIRST), run("dan", FIRST, seed=1), run("dann", FIRST, seed=2))
    assert values(found, "gde") == [1.0, None, 1.0, None]


def test_runs_on_other_samples_are_not_compared():
    one, other = run("dan", FIRST), run("dan", FIRST, seed=1)
    other[0][0]["split"] = {**other[0][0]["split"], "sha256": "1" * 64}
    assert values(scored(one, other), "gde") == [None, None]


def test_runs_without_logits_or_numbers_stay_as_they_are():
    old = record("source_only", LABELS, LABELS, test_sha256=KEY)
    diverged = unfinished("dan", "diverged", "not finite", test_sha256=KEY)
    assert add_pool_scores([old, diverged], {}.get) == [old, diverged]
    (named,), _ = run("source_only", FIRST)
    assert add_pool_scores([named], {}.get) == [named]  # its file is not there


@settings(max_examples=50)
@given(arrays(np.float32, (6, 4), elements=st.floats(-(2.0**90), 2.0**90, width=32)))
def test_stored_logits_make_the_same_predictions(drawn):
    values = torch.from_numpy(drawn)
    (found,) = unpack_logits(pack_logits({7: values})).values()
    assert torch.isfinite(found).all()
    assert torch.equal(found.amax(1), torch.zeros(6))
    assert (found.gather(1, values.argmax(1, keepdim=True)) == 0).all()


def test_stored_logits_make_nearly_the_same_probabilities():
    values = 5 * torch.randn(300, 10, generator=torch.Generator().manual_seed(0))
    found = unpack_logits(pack_logits({100: values, 200: -values}))
    assert list(found) == [100, 200]
    torch.testing.assert_close(found[100].softmax(1), values.softmax(1), atol=2e-3, rtol=0)
    assert torch.equal(found[200].argmax(1), values.argmin(1))


def test_of_many_samples_the_same_are_kept_for_every_run():
    values = torch.eye(5)[torch.arange(5000) % 5]
    kept = [unpack_logits(pack_logits({1: scale * values}))[1] for scale in (1, 3)]
    assert kept[0].shape == (2000, 5)
    assert torch.equal(kept[0].argmax(1), kept[1].argmax(1))
