import pytest

from da.data import Domain, Halves, SourceNoise, covariates
from tests.data.toys import Table, samples


class Shifted(Table):
    """A source with shares .4, .3, .2, .1 and a target with equal ones, but no class 3."""

    def domain(self, name):
        if name == "alpha":
            return Domain(samples("alpha", [160, 120, 80, 40], width=5))
        return Domain(samples("beta", [40, 40, 40, 0]), samples("beta-test", [10, 10, 10, 0]))


def test_shares_classes_and_sizes_are_measured():
    assert covariates(Shifted("alpha", "beta")) == {
        "tv": pytest.approx((1 / 15 + 1 / 30 + 2 / 15 + 1 / 10) / 2),
        "target_classes": 3.0,
        "unlabelled_per_class": 90 / 4,
    }


def test_a_task_with_equal_shares_has_no_distance():
    assert covariates(Table("alpha", "beta"))["tv"] == pytest.approx(0, abs=1e-12)
    assert covariates(Table("alpha", "alpha", Halves()))["target_classes"] == 4


@pytest.mark.parametrize("rate", [0.0, 0.1, 0.6])
def test_the_rate_of_wrong_labels_is_measured(rate):
    measured = covariates(Table("alpha", "beta", SourceNoise(rate)))
    assert measured["flip_rate"] == pytest.approx(rate, abs=0.1)
    assert (measured["flip_rate"] == 0) == (rate == 0)


def test_the_ceiling_of_a_task_is_measured_as_the_task():
    one, other = (
        covariates(Shifted("alpha", "beta", labeled_domain=domain))
        for domain in ("source", "target")
    )
    assert one == other


def test_a_target_without_labels_is_not_measured():
    class Unknown(Shifted):
        def domain(self, name):
            domain = super().domain(name)
            return domain if name == "alpha" else Domain(domain.train.without_labels())

    with pytest.raises(ValueError, match="'beta' has no labels to measure with"):
        covariates(Unknown("alpha", "beta"))
