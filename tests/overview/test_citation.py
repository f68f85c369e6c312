"""The paper is read from the text that cites it."""

import pytest

from da.overview.citation import Citation, cite


@pytest.mark.parametrize(
    ("text", "citation"),
    [
        (
            "Align.\n\nSun & Saenko, *Deep CORAL: Correlation Alignment for Deep Domain\n"
            "Adaptation*, ECCV Workshops\n2016. https://arxiv.org/abs/1607.01719",
            (
                "Sun & Saenko",
                "Deep CORAL: Correlation Alignment for Deep Domain Adaptation",
                *("ECCV Workshops", 2016, "https://arxiv.org/abs/1607.01719"),
            ),
        ),
        (
            "Li et al., *Revisiting Batch Normalization*, 2016.\nhttps://arxiv.org/abs/1603.04779",
            (
                *("Li et al.", "Revisiting Batch Normalization", "", 2016),
                "https://arxiv.org/abs/1603.04779",
            ),
        ),
        (
            "Lee, *Pseudo-Label*, ICML Workshops 2013, Eq. 15. The threshold is that of French,\n"
            "Mackiewicz & Fisher, ICLR 2018. https://arxiv.org/abs/1706.05208",
            ("Lee", "Pseudo-Label", "ICML Workshops", 2013, ""),
        ),
        (
            'Chen et al., "Transferability vs. Discriminability: Batch", ICML 2019: 1e-4 on it.',
            ("Chen et al.", "Transferability vs. Discriminability: Batch", "ICML", 2019, ""),
        ),
        ("Jin et al., ECCV 2020, Sec. 4, add a term.", ("Jin et al.", "", "ECCV", 2020, "")),
        (
            "Sugiyama & Müller, Statistics & Decisions 2005: a ratio.",
            ("Sugiyama & Müller", "", "Statistics & Decisions", 2005, ""),
        ),
        (
            "Long et al., *Joint*, ICCV 2013. https://example.org/html/\nLong_2013.html",
            ("Long et al.", "Joint", "ICCV", 2013, "https://example.org/html/Long_2013.html"),
        ),
    ],
)
def test_reads_the_first_paper(text, citation):
    assert cite(text) == Citation(*citation)


def test_no_paper_is_none():
    assert cite("Train on the source.\n\nSince 2016, everybody does.") is None


def test_is_written_short_and_whole():
    citation = Citation("Li et al.", "Statistics", "ICLR", 2017, "")
    assert citation.short == "Li et al., ICLR 2017"
    assert citation.whole == "Li et al., Statistics, ICLR 2017"
    assert Citation("Li et al.", "", "", 2016, "").whole == "Li et al., 2016"
