import re
from pathlib import Path
from xml.etree import ElementTree

import jinja2
import pytest

import da.benchmark
from da.benchmark.axes import AXES
from da.benchmark.figures import LIGHT
from da.benchmark.stress import stress
from da.benchmark.stress_figures import differences, figures
from da.benchmark.stress_page import context
from tests.benchmark.stress_records import known, plausible


@pytest.fixture(scope="module")
def report():
    return stress(*plausible(("label_shift", "covariate"), 3, n=100, draws=2), resamples=50)


@pytest.fixture(scope="module")
def drawn(report):
    return figures(report)


def test_each_pair_has_its_figures_and_they_are_well_formed(drawn):
    assert sorted(drawn) == ["accuracy-fonts-uci", "differences-fonts-uci"]
    for element in drawn.values():
        assert ElementTree.fromstring(element).tag == "{http://www.w3.org/2000/svg}svg"
        assert "var(--ink)" in element


def test_the_same_curves_give_the_same_bytes(report, drawn):
    assert figures(report) == drawn


def test_a_file_on_its_own_has_no_variables(report):
    assert "var(" not in "".join(figures(report, LIGHT).values())


def test_panels_name_their_levels_and_meanings(report):
    panels = differences(report, "fonts->uci").axes
    assert [axes.get_title("left") for axes in panels if axes.get_visible()] == [
        *("label shift", "covariate", "label shift, measured")
    ]
    ticks = [label.get_text() for label in panels[0].get_xticklabels()]
    assert tuple(ticks) == AXES["label_shift"].levels
    assert " ".join(panels[1].get_xlabel().split()) == AXES["covariate"].meaning


def test_curves_stand_at_their_estimates():
    (axes, *_) = differences(
        stress(*known({"dan": [4, 2, None, -2, -6]}), resamples=20), "fonts->uci"
    ).axes
    line = next(line for line in axes.get_lines() if len(line.get_xdata()) == 4)
    assert list(line.get_xdata()) == [0, 1, 3, 4]
    assert list(line.get_ydata()) == pytest.approx([4, 2, -2, -6])


def test_a_small_loss_is_seen_beside_a_total_one():
    (axes, *_) = differences(
        stress(*known({"dan": [4, 2, -5, -30, -60]}), resamples=20), "fonts->uci"
    ).axes
    shown = axes.transData.transform([(0, y) for y in (0, -5, -60)])[:, 1]
    # to scale, it would be a twelfth
    assert (shown[0] - shown[1]) / (shown[0] - shown[2]) > 1 / 4


def test_no_curve_gives_no_figure():
    assert figures(stress([], {})) == {}


def test_the_page_shows_story_figures_and_tables(report):
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(da.benchmark.__file__).parent),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
    )
    html = environment.get_template("stress.html.j2").render(stress=context(report))
    ids = re.findall(r'\bid="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    assert html.count("<svg ") == 2
    assert "<script" not in html
    assert "label shift, measured" in html
    ElementTree.fromstring(html.replace("<br>", "<br/>"))
