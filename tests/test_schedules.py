import pytest
from hypothesis import given
from hypothesis import strategies as st

from da.schedules import (
    EpochDecay,
    IterationDecay,
    IterationRamp,
    Restarted,
    constant,
    cosine_decay,
    inverse_decay,
    sigmoid_ramp,
)

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


@pytest.mark.parametrize(
    ("iteration", "value"),
    # exp(-1) = 0.36787944; a third at log(3) = 1.098612289 thousands
    [(0, 0.0), (1000, 2 / 1.3678794412 - 1), (1098.612289, 0.5), (50_000, 1.0)],
)
def test_ramp_by_iterations_does_not_depend_on_their_number(iteration, value):
    for iterations in (50_000, 200_000):
        ramp = IterationRamp(iterations)
        assert ramp(iteration / iterations) == pytest.approx(value, abs=1e-9)


def test_ramp_by_iterations_is_the_usual_one_at_a_tenth_of_them():
    for progress in (0.0, 0.1, 0.5, 1.0):
        ramp = IterationRamp(10_000, scale=1000.0)
        assert ramp(progress) == pytest.approx(sigmoid_ramp(progress))


def test_ramp_by_iterations_may_start_late():
    ramp = IterationRamp(1000, scale=100.0, start=0.2)
    assert ramp(0.0) == ramp(0.2) == 0
    assert ramp(0.3) == pytest.approx(2 / 1.3678794412 - 1)


@pytest.mark.parametrize(
    ("iteration", "value"), [(0, 1), (15_000, 1 / 8), (80_000, 1 / 27), (255_000, 1 / 64)]
)
def test_decay_by_iterations_has_the_values_of_its_formula(iteration, value):
    decay = IterationDecay(300_000, gamma=0.001, power=0.75)
    assert decay(iteration / 300_000) == pytest.approx(value)


def test_decay_by_iterations_is_the_usual_one_at_ten_over_their_number():
    for progress in (0.0, 0.3, 1.0):
        decay = IterationDecay(50_000, gamma=10 / 50_000)
        assert decay(progress) == pytest.approx(inverse_decay(progress))


@pytest.mark.parametrize(("every", "factor"), [(6, 0.5), (3, 0.3)])
def test_decay_by_epochs_falls_at_the_start_of_the_epochs_that_it_names(every, factor):
    decay, steps = EpochDecay(50, every, factor), 7  # in each epoch
    rate, rates = 1.0, []
    for epoch in range(1, 51):
        rate *= factor if epoch % every == 0 else 1
        rates += [rate] * steps
    assert [decay(i / len(rates)) for i in range(len(rates))] == pytest.approx(rates)


def test_restarts_at_the_second_stage():
    schedule = Restarted(at=0.25, schedule=inverse_decay)
    assert schedule(0.0) == schedule(0.25) == 1
    assert schedule(0.125) == schedule(0.625) == inverse_decay(0.5)
    assert schedule(1.0) == inverse_decay(1.0)


@pytest.mark.parametrize(
    "make",
    [
        lambda: IterationRamp(0),
        lambda: IterationRamp(1, scale=0.0),
        lambda: IterationRamp(1, start=1.0),
        lambda: IterationDecay(0),
        lambda: IterationDecay(1, gamma=-1.0),
        lambda: EpochDecay(1, 0),
        lambda: EpochDecay(1, 1, 0.0),
        lambda: Restarted(1.0),
    ],
)
def test_refuses_what_is_no_schedule(make):
    with pytest.raises(ValueError, match="; got "):
        make()


@given(PROGRESS)
def test_constant_is_one(progress):
    assert constant(progress) == 1


@given(PROGRESS, PROGRESS)
def test_weights_rise_and_learning_rates_fall(first, second):
    first, second = sorted((first, second))
    assert 0 <= sigmoid_ramp(first) <= sigmoid_ramp(second) < 1
    for decay in (inverse_decay, cosine_decay):
        assert 1 >= decay(first) >= decay(second) >= 0
