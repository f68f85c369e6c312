import pytest

from da.benchmark.grid import Benchmark
from da.benchmark.variants import multiply_weight, parse_variant


def test_a_variant_is_a_file_and_a_factor():
    assert parse_variant("dann@0.3") == ("dann", 0.3)
    assert parse_variant("dann") == ("dann", 1.0)


@pytest.mark.parametrize("method", ["dann@", "dann@x", "dann@0", "dann@-1", "dann@inf", "dann@nan"])
def test_a_factor_is_positive(method):
    with pytest.raises(ValueError, match="written such as dann@0.3"):
        parse_variant(method)


def test_the_weight_of_the_file_or_of_the_class_is_multiplied():
    stated = {"class_path": "da.methods.DANN", "init_args": {"weight": 0.3, "width": 100}}
    multiply_weight(stated, 10.0)
    assert stated["init_args"] == {"weight": pytest.approx(3), "width": 100}
    default = {"class_path": "da.methods.BNM"}
    multiply_weight(default, 0.1)
    assert default["init_args"] == {"weight": 0.1}


def test_a_factor_of_one_changes_nothing():
    model = {"class_path": "da.methods.ADDA"}
    multiply_weight(model, 1.0)
    assert model == {"class_path": "da.methods.ADDA"}


def test_variants_are_runs_of_their_own():
    methods = ("source_only", "dann", "dann@0.3", "dann@3")
    runs = Benchmark("s", "digits", methods, ("fonts->uci",), (0,)).runs()
    assert len({run.id for run in runs}) == len({run.job for run in runs}) == 4
    assert [run.method for run in runs] == list(methods)
    assert runs[2].config["model"]["init_args"]["weight"] == pytest.approx(0.09)
    with pytest.raises(ValueError, match="SourceOnly has no weight"):
        Benchmark("s", "digits", ("source_only@2",), ("fonts->uci",), (0,)).runs()
