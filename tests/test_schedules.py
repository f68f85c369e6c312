import pytest
from hypothesis import given
from hypothesis import strategies as st

from da.schedules import constant, cosine_decay, inverse_decay, sigmoid_ramp

PROGRESS = st.floats(0, 1)


@pytest.mark.parametrize(
    ("progress", "value"),
    [
        (0.0, 0.0),
        (0.1, 0.4621171573),
        (0.25, 0.8482836400),
        (0.5, 0.9866142982),
        (0.75, 0.9988944427),
        (1.0, 0.9999092043),
    ],
)
def test_ramp_has_the_values_of_its_formula(progress, value):
    assert sigmoid_ramp(progress) == pytest.approx(value, abs=5e-11)


@pytest.mark.parametrize(
    ("progress", "value"), [(0.0, 0.01), (0.5, 0.0026084743), (1.0, 0.0016556003)]
)
def test_learning_rate_decays_as_in_the_paper(progress, value):
    assert 0.01 * inverse_decay(progress) == pytest.approx(value, abs=5e-11)


@pytest.mark.parametrize(("progress", "value"), [(0.0, 1), (1 / 3, 0.75), (0.5, 0.5), (1.0, 0)])
def test_cosine_falls_from_one_to_zero(progress, value):
    assert cosine_decay(progress) == pytest.approx(value, abs=1e-15)


@given(PROGRESS)
def test_constant_is_one(progress):
    assert constant(progress) == 1


@given(PROGRESS, PROGRESS)
def test_weights_rise_and_learning_rates_fall(first, second):
    first, second = sorted((first, second))
    assert 0 <= sigmoid_ramp(first) <= sigmoid_ramp(second) < 1
    for decay in (inverse_decay, cosine_decay):
        assert 1 >= decay(first) >= decay(second) >= 0
