import pytest
from small import SHORT, changed, only, run_all_here, short, suite

from da.__main__ import main
from da.benchmark.publish import publish
from da.benchmark.results import export, read
from da.benchmark.reuse import reuse
from da.benchmark.store import Store

PLAIN = {"model": {"init_args": {"backbone": {"init_args": {"batch_norm": False}}}}}
STEEP = {
    "model": {
        "init_args": {"optimizer": {"class_path": "torch.optim.SGD", "init_args": {"lr": 1e6}}}
    }
}
TASKS = ("source->target", "source->target:label_shift", "source->target:impossible")


@pytest.fixture(scope="module")
def runs():
    """Runs of every status, some of which share a training."""
    plan = short(suite(methods=("source_only", "adabn", "dan", "target_only"), tasks=TASKS), PLAIN)
    return [changed(run, STEEP) if run.method == "dan" else run for run in plan]


@pytest.fixture(scope="module")
def committed(runs, tmp_path_factory):
    """What a repository has of them: neither features nor logits."""
    folder = tmp_path_factory.mktemp("committed")
    publish(*run_all_here(tmp_path_factory.mktemp("runs"), runs), folder, select="final")
    return folder


def states(root, runs):
    with Store(root / "store.sqlite") as store:
        return {cell.run_id: cell.state for cell in store.summary([run.id for run in runs]).cells}


def test_the_records_are_those_that_were_committed(committed, runs, tmp_path):
    known = reuse(committed, tmp_path, runs)
    records, splits = export(tmp_path, known)
    kept = [r for r in read(committed)[0] if r["status"] != "failed"]
    assert {r["status"] for r in kept} == {"ok", "diverged", "not_applicable"}
    assert records == kept
    used = {r["split"]["test_sha256"] for r in kept if r["split"]}
    assert splits == {sha: s for sha, s in read(committed)[1].items() if sha in used}


def test_what_failed_is_left_to_run(committed, runs, tmp_path):
    known = {run.id for run in reuse(committed, tmp_path, runs)}
    failed = {r["run_id"] for r in read(committed)[0] if r["status"] == "failed"}
    assert failed
    assert known == {run.id for run in runs} - failed


def test_a_run_is_reused_only_with_the_same_settings(committed, runs, tmp_path):
    first = only([run for run in runs if run.task == TASKS[0]], method="source_only")
    other = changed(first, {"trainer": {"max_steps": 13}})
    assert reuse(committed, tmp_path, [first, other]) == [first]
    with pytest.raises(ValueError, match="holds no run of small with the settings of today"):
        reuse(committed, tmp_path, [other])


def test_what_the_store_has_or_computes_stays(committed, runs, tmp_path):
    chosen = [
        run for run in runs if run.task == TASKS[0] and run.method in ("adabn", "target_only")
    ]
    with Store(tmp_path / "store.sqlite") as store:
        store.add(chosen)
        mine = store.claim("another:0:", [chosen[-1].id])
    reuse(committed, tmp_path, chosen)
    reuse(committed, tmp_path, chosen)
    assert states(tmp_path, chosen) == {chosen[0].id: "done", mine[0].id: "running"}


def test_a_table_grows_by_a_method_without_running_the_others(tmp_path, capsys):
    declaration = tmp_path / "own.py"
    declaration.write_text(
        "from da.benchmark import Benchmark, Setting\n"
        "BENCHMARK = Benchmark(name='own', data='gaussians', methods=('source_only', 'dan'), "
        f"tasks=('source->target',), seeds=(0,), checkpoints=1, settings=(Setting({SHORT!r}),))\n"
    )
    command = ["bench", str(declaration), "--workers", "1"]
    assert main([*command, "--root", str(tmp_path / "first")]) == 0
    first, splits = read(tmp_path / "first")
    publish(first, splits, tmp_path / "committed", select="final")
    more = ["--methods", "deep_coral", "--reuse", str(tmp_path / "committed")]
    assert main([*command, *more, "--root", str(tmp_path / "second")]) == 0
    second, _ = read(tmp_path / "second")
    assert [r["method"]["name"] for r in second] == ["dan", "deep_coral", "source_only"]
    assert [r for r in second if r["method"]["name"] != "deep_coral"] == first


def test_a_folder_without_records_is_one_sentence(tmp_path, capsys):
    options = ["--reuse", str(tmp_path), "--root", str(tmp_path / "runs"), "--seeds", "0"]
    assert main(["bench", "digits", *options]) == 2
    assert "holds no records.jsonl" in capsys.readouterr().err
