from functools import partial
from math import exp

import numpy as np
import pytest
import torch
from scipy.stats import energy_distance
from sklearn.metrics.pairwise import euclidean_distances, laplacian_kernel, rbf_kernel

from da.losses import (
    kernel_matrix,
    mean_distance,
    median_distance,
    mmd,
    pooled_bandwidth,
    squared_distances,
)

X1 = torch.tensor([[0.0], [1]]).double()
Y1 = torch.tensor([[2.0], [3]]).double()
S4 = torch.tensor([[0.0, 0], [1, 0], [0, 1], [2, 1]]).double()
T3 = torch.tensor([[1.0, 1], [2, 3], [0, 2]]).double()
T4 = torch.cat([T3, torch.tensor([[1.0, 0]]).double()])


def reference(source, target, widths):
    """Biased and unbiased estimate with the kernels of scikit-learn."""

    def kernel(x, y):
        return np.mean([rbf_kernel(x, y, gamma=1 / w) for w in widths], axis=0)

    n, m = len(source), len(target)
    ss, tt, st = kernel(source, source), kernel(target, target), kernel(source, target)
    unbiased = (ss.sum() - ss.trace()) / (n * (n - 1)) + (tt.sum() - tt.trace()) / (m * (m - 1))
    return {
        "biased": ss.mean() + tt.mean() - 2 * st.mean(),
        "unbiased": unbiased - 2 * st.mean(),
    }


def one_kernel(source, target, width, estimator):
    return mmd(source, target, scales=(1.0,), bandwidth=width, estimator=estimator).item()


@pytest.mark.parametrize(
    ("estimator", "value", "closed_form"),
    [
        (
            "biased",
            1.1655623767949437,
            1 + exp(-1) - (2 * exp(-4) + exp(-9) + exp(-1)) / 2,
        ),
        ("unbiased", 0.533441817966386, 2 * exp(-1) - (2 * exp(-4) + exp(-9) + exp(-1)) / 2),
        ("linear", 0.3677560313673557, exp(-1) - exp(-9)),
    ],
)
def test_two_pairs_of_points_have_their_closed_form(estimator, value, closed_form):
    assert value == pytest.approx(closed_form, rel=1e-12)
    assert one_kernel(X1, Y1, 1.0, estimator) == pytest.approx(value, rel=1e-12)


@pytest.mark.parametrize(
    ("target", "estimator", "value"),
    [
        (T3, "biased", 0.4297799908538923),
        (T3, "unbiased", -0.004176718059442419),
        (T4, "biased", 0.22449428956302586),
        (T4, "unbiased", -0.13410389679599422),
        (T4, "linear", -0.07598129925195418),
    ],
)
def test_hand_computed_values(target, estimator, value):
    assert one_kernel(S4, target, 2.0, estimator) == pytest.approx(value, rel=1e-10)


@pytest.mark.parametrize(
    ("estimator", "value"), [("biased", 0.3621784365885953), ("unbiased", 0.048755671839330605)]
)
def test_default_kernels_are_five_around_the_median(estimator, value):
    assert mmd(S4, T3, estimator=estimator).item() == pytest.approx(value, rel=1e-10)
    expected = reference(S4.numpy(), T3.numpy(), [1.0, 2.0, 4.0, 8.0, 16.0])[estimator]
    assert expected == pytest.approx(value, rel=1e-10)


@pytest.mark.parametrize("estimator", ["biased", "unbiased"])
def test_agrees_with_the_kernels_of_scikit_learn(source, target, estimator):
    value = mmd(source, target, scales=(0.5, 1.0, 3.0), bandwidth=2.0, estimator=estimator).item()
    expected = reference(source.numpy(), target.numpy(), [1.0, 2.0, 6.0])[estimator]
    assert value == pytest.approx(expected, rel=1e-10)


@pytest.mark.parametrize(
    ("kernel", "estimator", "value"),
    [
        ("laplacian", "biased", 0.4477349057284452),
        ("imq", "biased", 0.31798956186221394),
        ("imq", "unbiased", 0.03221043354398212),
        ("energy", "biased", 1.4726280379838643),
        ("linear", "biased", 2.3125),
    ],
)
def test_hand_computed_values_of_other_kernels(kernel, estimator, value):
    result = mmd(S4, T3, kernel=kernel, scales=(1.0,), bandwidth=1.0, estimator=estimator)
    assert result.item() == pytest.approx(value, rel=1e-12)


def test_laplacian_kernel_is_that_of_scikit_learn(source):
    matrix = kernel_matrix(source, kernel="laplacian", scales=(1.0, 4.0), bandwidth=0.5)
    expected = (laplacian_kernel(source, gamma=2) + laplacian_kernel(source, gamma=0.5)) / 2
    np.testing.assert_allclose(matrix, expected, rtol=1e-12)


def test_energy_kernel_gives_the_energy_distance_of_scipy(source, target):
    assert mmd(X1, Y1, kernel="energy").item() == pytest.approx(3.0)
    x, y = source[:, :1], target[:, :1]
    expected = energy_distance(x[:, 0], y[:, 0]) ** 2
    assert mmd(x, y, kernel="energy").item() == pytest.approx(expected, rel=1e-10)


def test_linear_kernel_gives_the_squared_distance_of_the_means(source, target):
    expected = (source.mean(0) - target.mean(0)).square().sum()
    torch.testing.assert_close(mmd(source, target, kernel="linear"), expected)
    far = [1e4 + x.float() for x in (source, target)]
    torch.testing.assert_close(mmd(*far, kernel="linear"), expected.float(), rtol=1e-2, atol=0)


def test_bandwidth_may_be_the_mean_distance():
    assert pooled_bandwidth(torch.cat([S4, T3]), rule="mean").item() == pytest.approx(82 * 2 / 42)
    assert mean_distance(squared_distances(S4)).item() == pytest.approx(
        squared_distances(S4).sum().item() / 12
    )
    adaptive = mmd(S4, T3, bandwidth="mean")
    torch.testing.assert_close(adaptive, mmd(S4, T3, bandwidth=82 * 2 / 42))


def test_bandwidth_of_the_laplacian_kernel_is_a_plain_distance():
    points = torch.tensor([[0.0, 0], [1, 2], [3, 3]])  # apart by 3, 6 and 3
    assert pooled_bandwidth(points, kernel="laplacian").item() == 3


@pytest.mark.parametrize(("n", "m", "blocks"), [(6, 6, 2), (7, 6, 2), (7, 5, 1)])
def test_block_estimator_is_the_mean_of_the_unbiased_one_over_blocks(source, n, m, blocks):
    x, y = source[:n], source.flip(0)[:m] ** 2
    value = mmd(x, y, scales=(1.0,), bandwidth=3.0, estimator="block", block_size=3).item()
    parts = [
        one_kernel(x[3 * i : 3 * i + 3], y[3 * i : 3 * i + 3], 3.0, "unbiased")
        for i in range(blocks)
    ]
    assert value == pytest.approx(np.mean(parts), rel=1e-10)


@pytest.mark.parametrize("n", [3, 6])
def test_ring_estimator_pairs_each_row_with_the_next_and_the_last_with_the_first(source, n):
    """Jiang et al., dan.py, build a matrix of signs by a loop over the rows."""
    x, y = source[:n], 1 + source.flip(1)[:n] ** 2
    signs = torch.zeros(2 * n, 2 * n, dtype=x.dtype)
    for i in range(n):
        j = (i + 1) % n
        signs[i, j] = signs[n + i, n + j] = 1 / n
        signs[i, n + j] = signs[j, n + i] = -1 / n
    points = torch.cat([x, y])
    kernel = torch.exp(-(points[:, None] - points).square().sum(2) / 3)
    expected = (signs * kernel).sum().item()
    assert one_kernel(x, y, 3.0, "ring") == pytest.approx(expected, rel=1e-10)


def test_linear_estimator_is_that_of_the_paper(source):
    x, y = source[:6], 1 + source.flip(1)[:6] ** 2

    def k(a, b):
        return torch.exp(-(a - b).square().sum() / 3)

    terms = [
        k(x[i], x[i + 1]) + k(y[i], y[i + 1]) - k(x[i], y[i + 1]) - k(x[i + 1], y[i])
        for i in (0, 2, 4)
    ]
    assert one_kernel(x, y, 3.0, "linear") == pytest.approx(sum(terms).item() / 3, rel=1e-10)


def test_median_counts_each_pair_once_and_no_point_with_itself():
    distances = squared_distances(torch.cat([S4, T3]))
    assert median_distance(distances).item() == 4.0
    assert distances.sum().item() / (7 * 6) == pytest.approx(3.9047619, abs=1e-7)
    assert distances.mean().item() == pytest.approx(3.3469388, abs=1e-7)


@pytest.mark.parametrize("n", [2, 3, 4, 6])  # 1, 3, 6 and 15 pairs
def test_median_is_that_of_numpy(source, n):
    distances = squared_distances(source[:n])
    expected = np.median(distances.numpy()[np.triu_indices(n, 1)])
    assert median_distance(distances).item() == pytest.approx(expected, rel=1e-12)


def test_median_of_identical_rows_is_positive():
    assert median_distance(torch.zeros(3, 3)).item() == pytest.approx(1e-8)


def test_distances_are_exact_far_from_the_origin():
    points = 5 + torch.randn(64, 256, generator=torch.Generator().manual_seed(0))
    distances = squared_distances(points)
    assert torch.equal(distances.diagonal(), torch.zeros(64))
    expected = euclidean_distances(points.double().numpy(), squared=True)
    np.testing.assert_allclose(distances.numpy(), expected, rtol=1e-5, atol=1e-9)


def test_value_does_not_depend_on_the_units(source, target):
    torch.testing.assert_close(mmd(3 * source, 3 * target), mmd(source, target))
    assert mmd(3 * source, 3 * target, bandwidth=1.0) != mmd(source, target, bandwidth=1.0)


def gradients(source, target, **kwargs):
    inputs = source.clone().requires_grad_(), target.clone().requires_grad_()
    return torch.autograd.grad(mmd(*inputs, **kwargs), inputs)


def test_no_gradient_flows_through_the_bandwidth(source, target):
    width = median_distance(squared_distances(torch.cat([source, target]))).item()
    adaptive = gradients(source, target)
    torch.testing.assert_close(adaptive, gradients(source, target, bandwidth=width))
    # The value is homogeneous of degree 0. By Euler's identity these products would sum to 0 if
    # the gradient passed the bandwidth.
    euler = sum((x * g).sum() for x, g in zip((source, target), adaptive, strict=True))
    assert abs(euler.item()) > 0.01


def test_euler_sum_at_the_mean_distance():
    grads = gradients(S4, T3, scales=(1.0,), bandwidth=82 * 2 / 42)
    euler = sum((x * g).sum() for x, g in zip((S4, T3), grads, strict=True))
    assert euler.item() == pytest.approx(0.15655, abs=5e-6)


def test_biased_value_is_at_most_two():
    far = torch.full((4, 2), 1e3)
    assert mmd(torch.zeros(4, 2), far, bandwidth=1.0).item() == 2


@pytest.mark.parametrize("kernel", ["rbf", "laplacian", "imq", "energy", "linear"])
def test_gradient_of_every_kernel(source, target, kernel):
    inputs = source[:4].clone().requires_grad_(), target[:4].clone().requires_grad_()
    assert torch.autograd.gradcheck(partial(mmd, kernel=kernel, bandwidth=6.0), inputs)


@pytest.mark.parametrize("estimator", ["biased", "unbiased", "linear", "ring", "block"])
def test_gradient_and_its_gradient(source, target, estimator):
    inputs = source[:4].clone().requires_grad_(), target[:4].clone().requires_grad_()

    def fixed(x, y):  # finite differences would see the bandwidth move
        return mmd(x, y, bandwidth=6.0, estimator=estimator, block_size=2)

    assert torch.autograd.gradcheck(fixed, inputs)
    assert torch.autograd.gradgradcheck(fixed, inputs)


@pytest.mark.parametrize(
    ("estimator", "n", "m", "sentence"),
    [
        ("unbiased", 1, 5, "the unbiased estimator needs at least 2 samples .*; got 1 and 5"),
        ("biased", 0, 5, r"the biased estimator needs at least 1 samples of each .*; got 0 and 5"),
        ("block", 7, 5, "the block estimator needs at least 8 samples of each .*; got 7 and 5"),
        ("linear", 4, 2, "the linear estimator needs two batches of the same even size; got 4 and"),
        ("ring", 4, 3, "the ring estimator needs two batches of one size; got 4 and 3"),
        ("linear", 3, 3, "the linear estimator needs two batches of the same even size; got 3 and"),
    ],
)
def test_refuses_batches_that_do_not_suit_the_estimator(source, target, estimator, n, m, sentence):
    with pytest.raises(ValueError, match=sentence):
        mmd(source[:n], target[:m], estimator=estimator)


def test_refuses_a_block_of_one(source, target):
    with pytest.raises(ValueError, match="a block has at least 2 samples; got block_size=1"):
        mmd(source, target, estimator="block", block_size=1)


@pytest.mark.parametrize("bandwidth", [0.0, -1.0])
def test_refuses_a_bandwidth_that_is_not_positive(source, target, bandwidth):
    with pytest.raises(ValueError, match=f"a bandwidth is positive; got {bandwidth}"):
        mmd(source, target, bandwidth=bandwidth)
