import re
import shutil
import subprocess
from html import unescape

import numpy as np
import pytest
from PIL import Image

from da.benchmark import figures, run_figures
from da.benchmark.analysis import analyse
from da.benchmark.page import load_features, worst_cell, write_page
from da.benchmark.report import make_report
from da.benchmark.wording import method_name, task_name
from tests.benchmark.records import clusters, simulated_suite

CHROMIUM = (
    shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
)
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")


@pytest.fixture(scope="module")
def suite():
    return simulated_suite(n=100)


@pytest.fixture(scope="module")
def page(suite, tmp_path_factory):
    records, splits = suite
    path = tmp_path_factory.mktemp("page") / "report.html"
    return write_page(make_report(records, splits), clusters(records), path)


@pytest.fixture(scope="module")
def html(page):
    return page.read_text()


def browse(tmp_path, page, *arguments, fragment=""):
    """Return what headless Chromium writes to its two outputs."""
    command = [
        CHROMIUM,
        *("--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"),
        *("--disable-background-networking", "--hide-scrollbars", "--enable-logging=stderr"),
        f"--user-data-dir={tmp_path / 'profile'}",
        *arguments,
        page.as_uri() + fragment,
    ]
    result = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    return result.stdout, result.stderr


def column(html, index):
    """Return what the cells of one column of the results sort by and show."""
    body = html[html.index('id="results-table"') :].split("<tbody>")[1].split("</tbody>")[0]
    rows = [row for row in body.split("<tr")[1:]]
    cells = [re.findall(r'<td data-value="([^"]*)"[^>]*>([^<]*)<', row) for row in rows]
    return [tuple(map(unescape, row[index])) for row in cells]


def test_the_same_records_give_the_same_bytes_in_any_order(suite, page, tmp_path):
    records, splits = suite
    again = write_page(
        make_report(records[::-1], splits), clusters(records), tmp_path / "again.html"
    )
    assert again.read_bytes() == page.read_bytes()


def test_nothing_external_is_named_and_the_policy_forbids_it(html):
    policy = (
        "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"
    )
    assert f'http-equiv="Content-Security-Policy" content="{policy}"' in html
    namespaces = {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}
    assert set(re.findall(r"https?://[^\s\"'<>)]+", html)) <= namespaces
    assert not re.findall(r"(?:src|href)=\"(?!#|data:)[^\"]*\"", html)
    assert not re.findall(r"@import|<link(?! rel=\"icon\" href=\"data:,\")|<iframe|fetch\(", html)


def test_no_two_elements_share_an_id(html):
    ids = re.findall(r'\bid="([^"]+)"', html)
    assert len(ids) == len(set(ids))


def test_every_reference_within_the_page_has_its_element(html):
    ids = set(re.findall(r'\bid="([^"]+)"', html))
    references = re.findall(r'href="#([^"]+)"|url\(#([^)]+)\)|aria-labelledby="([^"]+)"', html)
    assert {next(filter(None, found)) for found in references} <= ids


def test_the_page_holds_story_table_figures_and_reasons(suite, html):
    records, splits = suite
    analysis = analyse(records, splits)
    assert "1 run diverged and counts as a guess: DANN on fonts→uci." in html
    assert "the network has no batch normalization" in html
    assert len(column(html, 0)) == len(analysis.cells)
    # five of the runs, four of the suite
    assert html.count("<svg ") == 5 + 4
    assert "torch" in html[html.index('id="protocol"') :]
    shown = {
        (task, method): accuracy
        for (task, _), (method, _), (_, accuracy) in zip(
            column(html, 0), column(html, 1), column(html, 2), strict=True
        )
    }
    for cell in analysis.cells:
        text = "n/a" if cell.accuracy is None else f"{100 * cell.accuracy.estimate:.1f} ±"
        assert shown[cell.task, cell.method].startswith(text)


def test_labels_of_target_curves_say_oracle(suite):
    records, _ = suite
    palette = figures.colours({r["method"]["name"] for r in records})
    figure = run_figures.training_curves(records, "fonts->uci", palette)
    texts = [
        text
        for axes in figure.axes
        for text in (axes.get_title("left"), axes.get_title(), axes.get_ylabel(), axes.get_xlabel())
    ]
    target = [text for text in texts if "target" in text and "accuracy" in text]
    assert target
    assert all("oracle" in text for text in target)
    assert any("discriminator accuracy" in text for text in texts)


def test_one_method_has_one_colour_in_every_figure(suite):
    records, splits = suite
    analysis = analyse(records, splits)
    palette = figures.colours(analysis.methods)
    assert len(set(palette.values())) == len(analysis.methods)
    assert palette == figures.colours(analysis.methods[::-1])
    drawn = (
        figures.accuracy_by_task(analysis),
        run_figures.training_curves(records, "fonts->uci", palette),
    )
    written = {method_name(method): colour for method, colour in palette.items()}
    for figure in drawn:
        (legend,) = figure.legends
        for handle, text in zip(legend.legend_handles, legend.get_texts(), strict=True):
            assert handle.get_color() == written[text.get_text()]


def test_the_heat_map_is_centred_at_zero(suite):
    figure = figures.difference_map(analyse(*suite))
    mesh = figure.axes[0].collections[0]
    assert mesh.norm.vcenter == 0
    assert mesh.norm.vmin == -mesh.norm.vmax
    texts = [text.get_text() for text in figure.axes[0].texts]
    assert "n/a" in texts
    assert any("▼▼" in text for text in texts)


def test_confusions_are_row_shares_and_their_difference():
    first, second = np.array([[3, 1], [0, 0]]), np.array([[1, 3], [0, 0]])
    figure = run_figures.confusions(first, second, ("a", "b"))
    values = [
        axes.collections[0].get_array() for axes in figure.axes if axes.get_xlabel().startswith("p")
    ]
    assert values[0][0].tolist() == [75, 25]
    assert values[2][0].tolist() == [-50, 50]
    assert values[0].mask[1].all()


def test_the_worst_cell_has_a_negative_verdict_if_any_has(suite):
    worst = worst_cell(analyse(*suite))
    assert worst.verdict.negative
    assert worst.task == "uci->uci-m:partial"


def test_a_page_without_features_or_adaptation_is_still_a_page(suite, tmp_path):
    records, splits = suite
    records = [r for r in records if r["method"]["name"] == "source_only"]
    html = write_page(make_report(records, splits), {}, tmp_path / "report.html").read_text()
    assert html.count("<svg ") == 3
    assert 'id="features"' not in html
    assert 'id="worst"' not in html


def test_text_from_records_is_escaped(suite, tmp_path):
    records, splits = suite
    records = [
        {**r, "reason": "<script>alert(1)</script>"} if r["status"] != "ok" else r for r in records
    ]
    html = write_page(make_report(records, splits), {}, tmp_path / "report.html").read_text()
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert" in html


def test_an_unknown_task_is_refused_and_nothing_is_written(suite, tmp_path):
    records, splits = suite
    report = make_report(records, splits)
    with pytest.raises(ValueError, match="there is no task 'moon'; there are fonts->uci"):
        write_page(report, {}, tmp_path / "report.html", task="moon")
    assert not list(tmp_path.iterdir())


def test_a_failed_write_keeps_the_old_page(suite, tmp_path, monkeypatch):
    records, splits = suite
    path = tmp_path / "report.html"
    path.write_text("old")

    def full(*_):
        raise OSError("no space left on device")

    monkeypatch.setattr("da.benchmark.page.os.fsync", full)
    report = make_report(records, splits)
    with pytest.raises(OSError, match="no space left"):
        write_page(report, {}, path)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_stored_features_are_found_by_run(suite, tmp_path):
    entry = next(r for r in suite[0] if r["status"] == "ok")
    entry = {**entry, "artifacts": {"features": f"features/{entry['run_id']}.npz"}}
    lost = {**entry, "run_id": "lost", "artifacts": {"features": "features/lost.npz"}}
    (tmp_path / "features").mkdir()
    np.savez(tmp_path / entry["artifacts"]["features"], source=np.eye(2), target=np.ones((2, 2)))
    features = load_features([entry, lost], tmp_path)
    assert list(features) == [entry["run_id"]]
    assert features[entry["run_id"]]["source"].tolist() == [[1, 0], [0, 1]]


@needs_chromium
def test_the_browser_sorts_numbers_up_with_empty_cells_last(page, html, tmp_path):
    dom, log = browse(tmp_path, page, "--dump-dom", fragment="#sort-3")
    before, after = column(html, 3), column(dom, 3)
    numbers = sorted((float(value) for value, _ in before if value))
    assert [float(value) for value, _ in before if value] != numbers
    assert [float(value) for value, _ in after[: len(numbers)]] == numbers
    assert {value for value, _ in after[len(numbers) :]} == {""}
    assert 'aria-sort="ascending" title="difference from source-only' in dom
    errors = [line for line in log.splitlines() if "CONSOLE" in line]
    assert errors == []


@needs_chromium
def test_the_browser_sorts_words(page, tmp_path):
    dom, _ = browse(tmp_path, page, "--dump-dom", fragment="#sort-1")
    methods = [value for value, _ in column(dom, 1)]
    assert methods == sorted(methods)
    assert len(set(methods)) == 6


@needs_chromium
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_is_drawn_in_both_schemes(page, tmp_path, scheme):
    shot = tmp_path / "shot.png"
    value = {"dark": "0", "light": "1"}[scheme]
    browse(
        tmp_path,
        page,
        f"--screenshot={shot}",
        "--window-size=1200,1800",
        f"--blink-settings=preferredColorScheme={value}",
    )
    with Image.open(shot) as image:
        pixels = np.asarray(image.convert("L"), dtype=float)
    background = np.median(pixels)
    assert background > 240 if scheme == "light" else background < 40
    assert 0.02 < (np.abs(pixels - background) > 60).mean() < 0.5


def test_other_references_samples_and_classes_have_tables_of_their_own(suite, html):
    analysis = analyse(*suite)
    compared = [c for c in analysis.cells if c.accuracy and c.method != "target_only"]
    adapted = [c for c in compared if c.adapts]
    for name, cells in (("references", compared), ("samples", adapted)):
        section = html[html.index(f'<section id="{name}">') :].split("</section>")[0]
        rows = [re.findall(r"<td[^>]*>([^<]*)<", row) for row in section.split("<tr>")[2:]]
        named = [row for row in rows if row[0] != "mean over tasks"]
        assert {(row[0], row[1]) for row in named} == {
            (task_name(c.task), method_name(c.method)) for c in cells
        }
        assert len(named) == len(cells)
        assert {len(row) for row in rows} == {section.count("<th ")}
