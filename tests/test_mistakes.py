import pytest

from da.mistakes import explain

UNION = """Parser key "model":
  Does not validate against any of the Union subtypes
  Subtypes: [<class 'da.methods.base.DomainAdaptation'>, <class 'NoneType'>]
  Errors:
    - {}
    - Expected a <class 'NoneType'>
  Given value type: <class 'str'>
  Given value: {}"""


def test_our_own_sentence_is_found_among_the_types_that_were_tried():
    message = UNION.format("weight is at least 0; got -1", "Namespace(class_path='x')")
    assert explain(message) == "weight is at least 0; got -1"


def test_a_sentence_of_our_own_stays_as_it_is():
    assert explain("Digits has no domain 'x'; it has uci") == "Digits has no domain 'x'; it has uci"


@pytest.mark.parametrize(
    ("wrong", "meant"),
    [("DANNN", "DANN"), ("dann", "DANN"), ("DAM", "DAN"), ("SourceOnley", "SourceOnly")],
)
def test_the_class_that_was_meant_is_named(wrong, meant):
    message = UNION.format(f"Expected a dot import path string: {wrong}", wrong)
    assert explain(message) == f"there is no class {wrong!r}; did you mean {meant!r}?"


def test_only_classes_that_fit_the_argument_are_proposed():
    inner = 'Parser key "backbone":\n    - Expected a dot import path string: DANN'
    sentence = explain(UNION.format(inner, "DANN"))
    assert sentence.startswith("there is no class 'DANN'; there are ")
    assert "DigitCNN" in sentence
    assert "SourceOnly" not in sentence


def test_an_option_is_named_in_full():
    inner = "Parser key \"optimizer\":\n        Option 'momentun' is not accepted"
    assert explain(UNION.format(inner, "3")) == (
        "there is no option 'model.optimizer.momentun'; did you mean 'model.optimizer.momentum'?"
    )


def test_the_allowed_values_are_listed():
    message = (
        'Parser key "logger":\n  Does not validate against any of the Union subtypes\n'
        "  Errors:\n    - Expected a typing.Literal['csv', 'none']\n"
        "    - Expected a <class 'NoneType'>\n  Given value: nome"
    )
    assert explain(message) == "logger must be one of csv, none; got 'nome'; did you mean 'none'?"


def test_all_types_of_a_union_are_listed():
    message = (
        "Parser key \"seed_everything\":\n  Errors:\n    - Expected a <class 'bool'>\n"
        "    - Expected a <class 'int'>\n  Given value: x"
    )
    assert explain(message) == "seed_everything must be of type bool or int; got 'x'"


def test_a_missing_function_of_a_module_is_named():
    message = UNION.format("module 'da.schedules' has no attribute 'constnat'", "x")
    assert explain(message) == (
        "there is no 'da.schedules.constnat'; did you mean 'da.schedules.constant'?"
    )


def test_a_message_in_no_known_form_comes_on_one_line():
    assert explain("one\n  two\n\nthree") == "one two three"
