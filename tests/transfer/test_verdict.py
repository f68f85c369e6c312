"""The truth table, in the order in which its rows win."""

import pytest

from da.transfer import Interval, Verdict, verdict


def interval(low, high):
    return Interval((low + high) / 2, low, high, 0.5, 10.0)


@pytest.mark.parametrize(
    ("bounds95", "bounds90", "holm_p", "expected"),
    [
        ((-0.05, -0.011), (-0.04, -0.02), 1.0, Verdict.NEG_MATERIAL),
        ((-0.05, -0.011), (-0.04, -0.02), 0.001, Verdict.NEG_MATERIAL),
        ((-0.05, -0.01), (-0.04, -0.02), 0.05, Verdict.NEG),  # not below -materiality
        ((-0.05, -0.001), (-0.04, -0.01), 0.051, Verdict.INCONCLUSIVE),
        ((-0.008, -0.001), (-0.007, -0.002), 0.01, Verdict.NEG),  # though it is also SAFE
        ((-0.008, -0.001), (-0.007, -0.002), 0.20, Verdict.SAFE),
        ((0.001, 0.03), (0.005, 0.02), 0.01, Verdict.POS),
        ((0.001, 0.03), (0.005, 0.02), 1.0, Verdict.POS),  # a gain needs no correction
        ((0.0, 0.03), (0.005, 0.02), 0.06, Verdict.SAFE),
        ((-0.012, 0.03), (-0.009, 0.02), 1.0, Verdict.SAFE),
        ((-0.012, 0.03), (-0.01, 0.02), 1.0, Verdict.INCONCLUSIVE),
        ((-0.2, 0.2), (-0.1, 0.1), 1.0, Verdict.INCONCLUSIVE),
        ((0.0, 0.0), (0.0, 0.0), 1.0, Verdict.SAFE),  # identical predictions
    ],
)
def test_first_match_wins(bounds95, bounds90, holm_p, expected):
    assert verdict(interval(*bounds95), interval(*bounds90), holm_p) is expected


def test_materiality_moves_the_bounds():
    narrow = interval(-0.03, -0.015), interval(-0.028, -0.017)
    assert verdict(*narrow, 1.0) is Verdict.NEG_MATERIAL
    assert verdict(*narrow, 1.0, materiality=0.05) is Verdict.SAFE


def test_what_cannot_be_computed_is_inconclusive():
    nan = float("nan")
    unknown = Interval(nan, nan, nan, nan, nan)
    assert verdict(unknown, unknown, nan) is Verdict.INCONCLUSIVE


def test_words_survive_a_record():
    for member in Verdict:
        assert Verdict(member.value) is member
        assert member.meaning.endswith(".")
    assert [v for v in Verdict if v.negative] == [Verdict.NEG_MATERIAL, Verdict.NEG]
    assert len({v.meaning for v in Verdict}) == 5


def test_bad_arguments_raise():
    wide, narrow = interval(-0.2, 0.2), interval(-0.1, 0.1)
    with pytest.raises(ValueError, match="so swap the two"):
        verdict(narrow, wide, 1.0)
    with pytest.raises(ValueError, match="materiality is at least 0; got -1"):
        verdict(wide, narrow, 1.0, materiality=-1.0)
