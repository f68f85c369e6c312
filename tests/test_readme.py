"""What the README says and shows is what the code does."""

import os
import re
from pathlib import Path

import pytest

import da.methods
from da.benchmark import load_suite, publish, validator_command
from da.benchmark.analysis import analyse
from da.benchmark.gate_outcomes import held_out
from da.benchmark.gate_records import read_cells
from da.benchmark.gate_tables import markdown
from da.benchmark.results import read
from da.benchmark.validator_trust import markdown as trust_markdown
from da.benchmark.validator_trust import trust
from da.benchmark.wording import method_name
from da.gating import END, START
from da.overview import page
from da.overview.entries import entries
from da.transfer import Verdict

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()


SECTIONS = [
    (path, suite)
    for path in ("README.md", "benchmarks/results/README.md")
    for suite in re.findall(r"<!-- results: (\w+) -->", (ROOT / path).read_text())
]


@pytest.mark.parametrize(("path", "suite"), SECTIONS)
def test_every_number_is_derived_from_committed_records(path, suite):
    published = ROOT / "benchmarks" / "results" / suite
    folder = os.path.relpath(published, (ROOT / path).parent)
    records, splits = read(published)
    derived = publish.section(records, splits, folder, select="final")
    text = (ROOT / path).read_text()
    shown = re.search(rf"<!-- results: {suite} -->\n(.*?)\n<!-- end: {suite} -->", text, re.S)
    assert shown[1] == derived


def test_what_the_gate_would_have_done_is_derived_from_committed_records():
    results = ROOT / "benchmarks" / "results"
    text = (results / "README.md").read_text()
    suites = re.search(r"da gate benchmarks/results/\{([\w,]+)\}", text)[1].split(",")
    cells = read_cells([results / suite for suite in suites])
    shown = re.search(f"{START}\n(.*?)\n{END}", text, re.S)[1]
    assert shown == markdown(held_out(cells))
    # what is said above the table: harm among the accepted against harm when always adapting
    every = re.search(r"^\| all \| default \|.*$", shown, re.M)[0].split("|")
    harm, always = float(every[5]), float(every[8])
    assert harm / always < 0.5


def test_which_validator_to_trust_is_derived_from_committed_records():
    results = ROOT / "benchmarks" / "results"
    text = (results / "README.md").read_text()
    suites = re.search(r"da validators benchmarks/results/\{([\w,]+)\}", text)[1].split(",")
    found = trust([record for suite in suites for record in read(results / suite)[0]])
    shown = re.search(f"{validator_command.START}\n(.*?)\n{validator_command.END}", text, re.S)[1]
    assert shown == trust_markdown(found)


def test_every_method_hurts_along_some_axis_as_the_readme_says():
    assert "Every method has an axis along which it turns from help to harm" in README
    text = (ROOT / "benchmarks" / "results" / "README.md").read_text()
    section = text.partition("<!-- results: negative_transfer -->")[2]
    section = section.partition("<!-- end: negative_transfer -->")[0]
    methods = [method_name(name) for name in load_suite("negative_transfer").methods[1:]]
    for name in methods:
        assert re.search(rf"^- {re.escape(name)} .*\bhurts under ", section, re.M)


def test_the_table_of_methods_is_what_their_classes_say():
    shown = re.search(f"{re.escape(page.START)}\n(.*?)\n{re.escape(page.END)}", README, re.S)
    assert shown[1] == page.markdown(entries())


def test_what_the_readme_says_of_amazon_reviews_is_so():
    assert "DAN gains on every\ntask, while Deep CORAL does material harm on some." in README
    analysis = analyse(*read(ROOT / "benchmarks" / "results" / "amazon_reviews"), "final")
    verdicts = {
        method: [analysis.cell(method, task).verdict for task in analysis.tasks]
        for method in ("dan", "deep_coral")
    }
    assert set(verdicts["dan"]) == {Verdict.POS}
    assert Verdict.NEG_MATERIAL in verdicts["deep_coral"]


@pytest.mark.parametrize(
    ("name", "suite", "method"),
    [
        ("1-NN", "", "source_only"),
        ("PCA", "", "shallow_pca"),
        ("GFK", "", "shallow_gfk"),
        ("TCA", "", "shallow_tca"),
        ("JDA", "", "shallow_jda"),
        ("SVM", "_svm", "source_only"),
        ("CORAL", "_svm", "shallow_coral"),
    ],
)
def test_means_beside_published_ones_are_ours(name, suite, method):
    folder = ROOT / "benchmarks" / "results"
    analysis = analyse(*read(folder / f"office_caltech10_surf_shallow{suite}"), "final")
    cells = [analysis.cell(method, task) for task in analysis.tasks]
    assert len(cells) == 12
    mean = sum(cell.accuracy.estimate for cell in cells) / 12
    assert f"\n| {name} | {100 * mean:.1f} |" in (folder / "README.md").read_text()


def test_how_many_iterations_it_takes_is_derived_from_committed_records():
    results = ROOT / "benchmarks" / "results"
    found = {
        (r["method"]["name"], r["train"]["step"]): f"{100 * r['metrics']['t_test']['acc']:.1f}"
        for r in read(results / "published_mnist_usps_p2")[0]
    }
    said = (
        "after one epoch of 2,500 source-only has {} and DANN {}, after four {} and {}, at the end "
        "{} and {}."
    ).format(*(found[m, s] for s in (2500, 10000, 50000) for m in ("source_only", "dann")))
    assert said in " ".join((results / "README.md").read_text().split())


@pytest.mark.parametrize(
    ("name", "method"),
    [
        ("1-NN", "source_only"),
        ("SA", "shallow_subspace_alignment"),
        ("OT Lp-L1, smooth", "shallow_ot_lp_l1_smooth"),
        ("OT Lp-L1", "shallow_ot_lp_l1"),
    ],
)
def test_means_over_draws_beside_published_ones_are_ours(name, method):
    folder = ROOT / "benchmarks" / "results"
    analysis = analyse(*read(folder / "office_caltech10_per_class_shallow"), "final")
    (summary,) = (s for s in analysis.summaries() if s.method == method)
    assert summary.tasks == 120
    assert f"\n| {name} | {100 * summary.accuracy:.1f} |" in (folder / "README.md").read_text()


def test_every_committed_result_is_shown():
    folders = {p.name for p in (ROOT / "benchmarks" / "results").iterdir() if p.is_dir()}
    assert {suite for _, suite in SECTIONS} == folders


def test_committed_results_are_of_clean_commits_that_their_section_names():
    for path, suite in SECTIONS:
        records, _ = read(ROOT / "benchmarks" / "results" / suite)
        environments = [r["env"] for r in records if r["env"]]
        assert not any(env["dirty"] for env in environments)
        text = (ROOT / path).read_text().partition(f"<!-- end: {suite} -->")[0]
        section = text.partition(f"<!-- results: {suite} -->")[2]
        assert {env["code_commit"][:10] for env in environments} == set(
            re.findall(r"[0-9a-f]{10}", section.rpartition("code ")[2])
        )


def code(marker):
    """Return the code block of the README that holds a marker, without its indentation."""
    blocks = re.findall(r"^( *)```(?:python|yaml)\n(.*?)^ *```", README, re.S | re.M)
    (found,) = (text for _, text in blocks if marker in text)
    indent = len(found) - len(found.lstrip(" "))
    return "\n".join(line[indent:] for line in found.splitlines())


def test_the_worked_example_passes_its_own_test(monkeypatch):
    namespace = {}
    exec(code("class MaximumSquares"), namespace)
    cls = namespace["MaximumSquares"]
    monkeypatch.setattr(da.methods, "MaximumSquares", cls, raising=False)
    exec(code("def test_is_minus_half"), namespace)
    namespace["test_is_minus_half_the_mean_of_squared_probabilities"](monkeypatch)


def test_the_python_example_trains(monkeypatch, tmp_path):
    from pytorch_lightning import Trainer

    from da.methods import DANN

    monkeypatch.chdir(tmp_path)
    shorter = code("trainer = Trainer").replace(
        "Trainer(max_steps=500)",
        "Trainer(max_steps=2, logger=False, enable_progress_bar=False, accelerator='cpu', "
        "enable_checkpointing=False, enable_model_summary=False, limit_test_batches=1)",
    )
    namespace = {}
    exec(shorter, namespace)
    assert isinstance(namespace["method"], DANN)
    assert isinstance(namespace["trainer"], Trainer)
    assert namespace["trainer"].global_step == 2
