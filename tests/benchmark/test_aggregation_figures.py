import re
from xml.etree import ElementTree

import numpy as np
import pytest

from da.benchmark import aggregation_profiles as profiles
from da.benchmark.aggregation_figures import figures, forest
from da.benchmark.aggregation_page import section
from da.benchmark.aggregation_ranks_figure import cliques, rank_diagram, shown_methods
from da.benchmark.figures import FAINT, INK, LIGHT, PAPER
from da.benchmark.wording import method_name
from tests.benchmark.records import simulated_suite
from tests.benchmark.test_aggregation import LEVELS, PAIRS, build, drawn, summed


@pytest.fixture(scope="module")
def suite():
    return summed(*simulated_suite(n=100))


@pytest.fixture(scope="module")
def nine():
    return summed(*build(drawn(LEVELS)))


@pytest.fixture(scope="module")
def fifty():
    levels = {f"method{i:02}": 0.4 + i / 150 for i in range(48)}
    correct = drawn({"source_only": 0.6, "target_only": 0.95} | levels, tasks=PAIRS[:2], n=30)
    return summed(*build(correct), resamples=50)


def test_figures_are_well_formed_and_the_same_each_time(suite):
    drawn_once = figures(suite)
    assert set(drawn_once) == {"forest", "ranks", "scores", "harm"}
    for text in drawn_once.values():
        ElementTree.fromstring(text)
        assert not any(colour in text for colour in (INK, FAINT, PAPER))
        assert "var(--ink)" in text
    assert figures(suite) == drawn_once


def test_no_two_figures_share_an_id(suite):
    ids = re.findall(r'\bid="([^"]+)"', section(suite))
    assert len(ids) == len(set(ids)) > 20


def test_a_file_of_its_own_has_the_light_theme(nine):
    assert all("var(--" not in text for text in figures(nine, LIGHT).values())


def test_the_forest_has_a_row_per_method_that_adapts(suite):
    figure = forest(suite)
    labels = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert labels == [method_name(standing.method) for standing in suite.adapting]
    assert [axes.get_title("left") for axes in figure.axes] == [
        *("2 tasks, 2 targets", "partial"),
    ]
    centres = [line.get_xdata()[0] for line in figure.axes[0].lines if line.get_marker() == "o"]
    assert centres == pytest.approx([100 * standing.gain for standing in suite.adapting])


def test_the_profile_falls_from_all_runs_to_none(nine):
    axes = profiles.score_profiles(nine).axes[0]
    assert len(axes.lines) == 4  # the ceiling has no curve
    for line in axes.lines:
        y = line.get_ydata()
        assert (y[0], y[-1]) == (100, 0)
        assert np.all(np.diff(y) <= 0)


def test_the_harm_profile_counts_the_runs_beyond_each_loss(suite):
    figure = profiles.harm_profiles(suite)
    plain, apart = figure.axes
    assert apart.get_title("left") == "partial"
    for axes, runs in (
        (plain, suite.standing("dann").runs),
        (apart, suite.standing("dann").apart["partial"].runs),
    ):
        (line,) = (line for line in axes.lines if line.get_label() == "DANN")
        for x, y in zip(line.get_xdata(), line.get_ydata(), strict=True):
            assert y == pytest.approx(100 * np.mean([-100 * d > x + 1e-9 for d in runs]), abs=1e-6)


def test_bars_join_the_largest_groups_within_the_difference():
    ranks = {"a": 1.0, "b": 2.0, "c": 3.5, "d": 4.0}
    assert cliques(ranks, 1.5) == [(1.0, 2.0), (2.0, 3.5), (3.5, 4.0)]
    assert cliques(ranks, 2.0) == [(1.0, 2.0), (2.0, 4.0)]
    assert cliques(ranks, 3.0) == [(1.0, 4.0)]
    assert cliques(ranks, 0.4) == []


def test_of_fifty_methods_the_diagram_of_ranks_names_both_ends(fifty):
    methods = list(fifty.ranking.ranks)
    shown = shown_methods(methods)
    assert len(shown) in (19, 20)
    assert shown[:14] == methods[:14]
    assert shown[-4:] == methods[-4:]
    assert "source_only" in shown
    title = rank_diagram(fifty).axes[0].get_title("left")
    assert "of 49 methods the 14 best, the 5 worst, and source only" in title
    assert "more than ranks can differ, so nothing can separate" in title


def test_of_fifty_methods_the_profiles_colour_both_ends(fifty):
    for figure, choice in (
        (profiles.score_profiles(fifty), "the 4 of the highest scores and the 2 of the lowest"),
        (profiles.harm_profiles(fifty), "the 4 that lose most often and the 2 that do so least"),
    ):
        assert choice in figure.axes[0].get_title("left") + figure.get_suptitle()
        named = [line for line in figure.axes[0].lines if not line.get_label().startswith("_")]
        assert len(named) in (6, 7)
        assert len({line.get_color() for line in named}) == len(named)


def test_all_fifty_are_in_the_forest(fifty):
    labels = {label.get_text() for label in forest(fifty).axes[0].get_yticklabels()}
    assert len(labels) == 48


@pytest.mark.parametrize(
    ("levels", "tasks", "seeds", "names"),
    [
        (LEVELS, PAIRS[:1], 1, {"forest", "scores", "harm"}),
        ({"source_only": 0.6, "dan": 0.7}, PAIRS[:3], 2, {"forest", "harm"}),
        ({"source_only": 0.6}, PAIRS[:2], 2, set()),
        ({"dan": 0.6, "dann": 0.7, "mcc": 0.8}, PAIRS[:2], 1, {"ranks"}),
    ],
)
def test_what_there_are_no_data_for_is_not_drawn(levels, tasks, seeds, names):
    suite = summed(*build(drawn(levels, tasks=tasks, seeds=seeds)))
    assert set(figures(suite)) == names
    assert '<section id="suite">' in section(suite)


def test_the_section_holds_the_table_sortable_and_escaped(nine):
    html = section(nine)
    assert html.count("<svg ") == 4
    rows = html.split("<tbody>")[1].split("</tbody>")[0].split("<tr")[1:]
    assert len(rows) == len(nine.standings)
    values = [re.findall(r'data-value="([^"]*)"', row)[2] for row in rows]
    assert [float(value) for value in values] == sorted(map(float, values), reverse=True)
    assert sum(' best"' in row for row in rows) == 1
    assert "<div><svg" in html


def test_methods_that_lost_nothing_are_drawn_at_zero():
    suite = summed(*build(drawn({"source_only": 0.4, "dan": 0.9}, tasks=PAIRS[:2])))
    figure = profiles.harm_profiles(suite)
    (line,) = (line for line in figure.axes[0].lines if line.get_label() == "DAN")
    assert set(line.get_ydata()) == {0}
