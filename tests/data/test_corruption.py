from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image
from scipy.ndimage import gaussian_filter

from da.data import Corruption, Digits, Domain, Samples, Transductive
from tests.data.toys import Table, images, samples

KINDS = ("rotation", "noise", "blur", "contrast")


@pytest.fixture
def source():
    return Domain(images("s", [5] * 4))


@pytest.fixture
def target():
    return Domain(images("t", [60] * 4, side=28), images("t-test", [20] * 4, side=28))


def corrupted(source, target, severity, kind):
    return Corruption(severity, kind).apply(source, target, 4).target


@pytest.mark.parametrize("kind", KINDS)
def test_a_corrupted_target_keeps_ids_labels_and_kind_of_pixels(kind, source, target):
    new = corrupted(source, target, 2, kind)
    for before, after in ((target.train, new.train), (target.test, new.test)):
        assert after.ids == before.ids
        assert after.labels is before.labels
        assert after.inputs.dtype == torch.uint8
        assert after.inputs.shape == before.inputs.shape
        assert (after.inputs != before.inputs).flatten(1).any(1).all()


@pytest.mark.parametrize("kind", KINDS)
def test_a_higher_severity_changes_more(kind):
    # smooth images, which a rotation leaves more alike the less it turns
    plain = Digits("fonts", "uci").scene.target.test.inputs.float()
    distance = [
        float(
            (Digits("fonts", "uci", Corruption(s, kind)).scene.target.test.inputs - plain)
            .abs()
            .mean()
        )
        for s in range(5)
    ]
    assert distance[0] == 0
    assert distance == sorted(set(distance))


@pytest.mark.parametrize("kind", KINDS)
def test_corruption_depends_on_the_sample_alone(kind, source, target):
    whole = corrupted(source, target, 3, kind).train
    index = [7, 3, 200]
    part = corrupted(source, Domain(target.train.select(index)), 3, kind).train
    assert torch.equal(part.inputs, whole.inputs[index])


def test_more_images_than_are_changed_at_a_time_are_all_changed(source):
    one = images("t", [700] * 4, side=8)
    whole = corrupted(source, Domain(one), 2, "noise").train.inputs
    index = [0, 1023, 1024, 2799]
    assert torch.equal(
        corrupted(source, Domain(one.select(index)), 2, "noise").train.inputs, whole[index]
    )


@pytest.mark.parametrize(("severity", "sigma"), [(1, 0.08), (2, 0.12), (3, 0.18), (4, 0.26)])
def test_noise_has_the_standard_deviation_of_its_severity(severity, sigma, source):
    flat = images("t", [100] * 4)
    flat = Domain(replace(flat, inputs=torch.full_like(flat.inputs, 128)))
    noise = corrupted(source, flat, severity, "noise").train.inputs.double() / 255 - 128 / 255
    within = noise[(noise > -0.49) & (noise < 0.49)]  # the rest was clipped
    assert noise.mean().item() == pytest.approx(0, abs=0.003)
    if severity < 3:
        assert within.std().item() == pytest.approx(sigma, rel=0.02)
    quartile = np.quantile(noise, 0.75)  # which clipping does not move
    assert quartile == pytest.approx(0.6745 * sigma, abs=0.004)


def test_noise_is_the_same_at_all_severities_but_for_its_strength(source):
    flat = images("t", [20] * 4)
    flat = Domain(replace(flat, inputs=torch.full_like(flat.inputs, 128)))
    one, two = (corrupted(source, flat, s, "noise").train.inputs.double() - 128 for s in (1, 2))
    torch.testing.assert_close(two, one * 0.12 / 0.08, atol=1.3, rtol=0)


@pytest.mark.parametrize(("severity", "angle"), [(1, 15), (2, 30), (3, 45), (4, 60)])
def test_a_rotation_is_that_of_pillow(severity, angle, source, target):
    smooth = replace(target.train, inputs=_smooth(target.train.inputs))
    turned = corrupted(source, Domain(smooth), severity, "rotation").train.inputs
    expected = torch.from_numpy(
        np.stack(
            [
                np.asarray(Image.fromarray(image).rotate(angle, Image.Resampling.BILINEAR))
                for image in smooth.inputs.permute(0, 2, 3, 1).numpy()
            ]
        )
    ).permute(0, 3, 1, 2)
    middle = slice(8, 20)  # which the corners do not reach
    difference = (turned.int() - expected.int())[:, :, middle, middle].abs()
    assert difference.max() <= 2
    assert (turned[:, :, 0, 0] == 0).all()


@pytest.mark.parametrize("severity", [1, 2, 3, 4])
def test_a_blur_is_gaussian_with_half_a_pixel_of_28_for_each_step(severity, source, target):
    blurred = corrupted(source, target, severity, "blur").train.inputs.numpy()
    sigma = 0.5 * severity
    expected = gaussian_filter(
        target.train.inputs.numpy().astype(float),
        (0, 0, sigma, sigma),
        mode="mirror",
        radius=(0, 0, *[int(np.ceil(3 * sigma))] * 2),
    )
    np.testing.assert_allclose(blurred, expected, atol=0.6)


@pytest.mark.parametrize(("severity", "left"), [(1, 0.4), (2, 0.3), (3, 0.2), (4, 0.1)])
def test_contrast_is_what_is_left_of_the_distance_from_the_mean_luma(
    severity, left, source, target
):
    faint = corrupted(source, target, severity, "contrast").train.inputs.double()
    before = target.train.inputs.double()
    luma = torch.tensor([0.2989, 0.587, 0.114], dtype=torch.double).view(3, 1, 1)
    mean = (luma * before).sum(1).floor().mean((1, 2)).view(-1, 1, 1, 1)
    torch.testing.assert_close(faint, mean + left * (before - mean), atol=1.0, rtol=0)


@pytest.mark.parametrize("severity", [1, 2, 4])
def test_the_noise_of_a_feature_is_a_share_of_its_spread(severity, source):
    rng = torch.Generator().manual_seed(0)
    scales = torch.tensor([0.1, 1.0, 50.0, 0.0])
    one = samples("t", [1000] * 4)
    train = Samples(torch.randn(4000, 4, generator=rng) * scales + 3, one.labels, one.ids)
    test = samples("t-test", [500] * 4)
    test = Samples(torch.randn(2000, 4, generator=rng) * 9, test.labels, test.ids)
    new = corrupted(source, Domain(train, test), severity, "noise")
    for before, after in ((train, new.train), (test, new.test)):
        noise = after.inputs - before.inputs
        torch.testing.assert_close(noise.std(0), scales * severity / 4, rtol=0.06, atol=1e-6)
        assert noise[:, 0].mean().abs() < 0.01


def test_counts_of_a_table_become_numbers_with_noise(source):
    one = samples("t", [50] * 4)
    counts = Samples(torch.arange(200, dtype=torch.uint8)[:, None], one.labels, one.ids)
    new = corrupted(source, Domain(counts), 1, "noise").train.inputs
    assert new.dtype == torch.float32
    assert (new != new.round()).any()


def test_samples_adapted_to_and_scored_on_are_corrupted_alike():
    task = Table("alpha", "beta", Corruption(3, "noise"), Transductive())
    assert torch.equal(task.training_data.target_adapt.inputs, task.report_data.test.inputs)


def test_images_turn_and_tables_get_noise_where_no_kind_is_named(source, target):
    table = Domain(replace(target.train, inputs=torch.rand(len(target.train), 7)))
    for domain, kind in ((target, "rotation"), (table, "noise")):
        default = Corruption(3).apply(source, domain, 4).target.train.inputs
        assert torch.equal(default, corrupted(source, domain, 3, kind).train.inputs)


@pytest.mark.parametrize("kind", ["rotation", "blur", "contrast"])
def test_features_have_noise_alone(kind, source):
    table = Domain(samples("t", [5] * 4))
    with pytest.raises(ValueError, match=f"features have no {kind}; choose the kind noise"):
        corrupted(source, table, 1, kind)


@pytest.mark.parametrize("severity", [-1, 5])
def test_other_severities_are_refused(severity):
    with pytest.raises(ValueError, match=f"0, 1, 2, 3 or 4; got severity={severity}"):
        Corruption(severity)


def _smooth(inputs):
    return torch.from_numpy(gaussian_filter(inputs.numpy(), (0, 0, 3, 3)))
