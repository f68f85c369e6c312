"""Which methods another class prior of the target hurts: what they state for the gate."""

import inspect

import pytest

import da.methods
import da.shallow
from da.methods import DomainAdaptation, Joint, Shallow
from da.shallow import Baseline


def concrete(module, base):
    classes = [c for c in vars(module).values() if inspect.isclass(c) and issubclass(c, base)]
    return [c for c in classes if not inspect.isabstract(c)]


#: What these are made of says it in their place.
MADE_OF_OTHERS = (Joint, Shallow)
STATING = [
    c
    for c in concrete(da.methods, DomainAdaptation) + concrete(da.shallow, Baseline)
    if c not in MADE_OF_OTHERS
]

#: By the terms of the losses: those that align marginals or want classes equally frequent.
HURT = (
    *("DeepCORAL", "DAN", "JAN", "WDGRL", "Sinkhorn", "DeepJDOT", "DANN", "CDAN", "MDD", "DSAN"),
    *("BNM", "InformationMaximization", "MCC", "AdaBN"),
)
NOT_HURT = (
    *("MinEnt", "FixMatch", "AFN", "PADA", "IWAN", "BA3US", "JUMBOT", "SourceOnly", "TargetOnly"),
)


@pytest.mark.parametrize("cls", STATING, ids=lambda cls: cls.__name__)
def test_what_the_gate_reads_is_what_the_reader_is_told(cls):
    told = "equal class proportions" in cls.assumes or "equally frequent" in cls.assumes
    assert cls.matches_marginals is told


@pytest.mark.parametrize("cls", MADE_OF_OTHERS)
def test_what_is_made_of_others_states_nothing_itself(cls):
    assert cls.matches_marginals is False


def test_methods_that_are_known_to_be_hurt():
    assert all(getattr(da.methods, name).matches_marginals for name in HURT)
    assert not any(getattr(da.methods, name).matches_marginals for name in NOT_HURT)


def test_a_method_that_states_nothing_is_presumed_to_be_hurt():
    assert DomainAdaptation.matches_marginals
    assert Baseline.matches_marginals
