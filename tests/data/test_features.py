import pytest
import torch
from scipy.stats import zscore
from sklearn.preprocessing import normalize

from da.data import Domain, PerClass, Pixels, Samples, Transductive
from da.data.features import FeatureTask


class Toy(FeatureTask):
    """Two domains of other scales; the last column never varies."""

    domains = ("alpha", "beta", "gamma")
    num_classes = 2
    in_channels = 4
    permuted = False
    moved = 0.0

    def domain(self, name):
        rng = torch.Generator().manual_seed(self.domains.index(name))
        inputs = torch.rand(100, 4, generator=rng) * (1 + self.domains.index(name))
        inputs[:, 3] = 0.1
        labels = torch.arange(100) % 2
        if name == "beta" and self.permuted:
            labels = labels.flip(0)
        if name == "beta":
            inputs = inputs + self.moved
        return Domain(Samples(inputs, labels, tuple(f"{name}-{i}" for i in range(100))))


class Permuted(Toy):
    permuted = True


@pytest.mark.parametrize("norm", ["l1", "l2"])
def test_each_sample_is_divided_by_its_own_norm(norm):
    plain = Toy("alpha", "beta").training_data
    scaled = Toy("alpha", "beta", normalize=norm).training_data
    for part in ("source_train", "target_adapt", "target_val"):
        expected = normalize(getattr(plain, part).inputs.numpy(), norm=norm)
        torch.testing.assert_close(getattr(scaled, part).inputs, torch.from_numpy(expected))


def test_columns_are_standardized_by_the_labelled_training_samples():
    plain, task = Toy("alpha", "beta"), Toy("alpha", "beta", standardize="labeled")
    train = plain.training_data.source_train.inputs
    mean, std = train.mean(0), train.std(0, correction=0)
    std[3] = 1
    for raw, scaled in (
        (plain.training_data.source_train, task.training_data.source_train),
        (plain.training_data.source_val, task.training_data.source_val),
        (plain.training_data.target_adapt, task.training_data.target_adapt),
        (plain.report_data.test, task.report_data.test),
    ):
        torch.testing.assert_close(scaled.inputs, (raw.inputs - mean) / std)


def test_each_domain_by_its_own_statistics_is_the_population_z_score_of_the_literature():
    options = {"normalize": "l1", "standardize": "each", "protocol": Transductive()}
    task = Toy("alpha", "beta", **options)
    for name, part in (("alpha", "source_train"), ("beta", "target_adapt")):
        raw = task.domain(name).train.inputs.double().numpy()
        expected = zscore(normalize(raw, norm="l1"), ddof=0)
        scaled = getattr(task.training_data, part).inputs.double()
        torch.testing.assert_close(scaled, torch.from_numpy(expected), atol=1e-4, rtol=1e-4)


def test_statistics_of_the_target_are_those_of_the_samples_adapted_to():
    task = Toy("alpha", "beta", standardize="each")
    adapted = task.training_data.target_adapt.inputs
    torch.testing.assert_close(adapted.mean(0), torch.zeros(4), atol=1e-5, rtol=0.0)
    torch.testing.assert_close(
        adapted.std(0, correction=0), torch.tensor([1.0, 1, 1, 0]), atol=1e-5, rtol=0.0
    )
    assert task.report_data.test.inputs.mean(0).abs().max() > 0.01


def test_what_one_domain_is_trained_with_knows_nothing_of_the_other():
    for standardize in ("labeled", "each"):
        one = Toy("alpha", "beta", standardize=standardize).training_data.source_train
        other = Toy("alpha", "gamma", standardize=standardize).training_data.source_train
        assert torch.equal(one.inputs, other.inputs)
        options = {"standardize": standardize, "labeled_domain": "target"}
        one, other = (Toy(source, "beta", **options) for source in ("alpha", "gamma"))
        assert torch.equal(
            one.training_data.source_train.inputs, other.training_data.source_train.inputs
        )
        assert torch.equal(one.report_data.test.inputs, other.report_data.test.inputs)


def test_all_samples_of_a_domain_can_standardize_the_few_that_are_drawn():
    task = Toy("alpha", "beta", standardize="all", protocol=PerClass(5))
    for name, drawn in (
        ("alpha", task.training_data.source_train),
        ("beta", task.training_data.target_adapt),
    ):
        whole = task.domain(name).train
        rows = [whole.ids.index(id) for id in drawn.ids]
        assert len(rows) == (10 if name == "alpha" else 100)
        expected = zscore(whole.inputs[:, :3].double().numpy(), axis=0)[rows]
        torch.testing.assert_close(drawn.inputs[:, :3], torch.from_numpy(expected).float())


@pytest.mark.parametrize("standardize", ["labeled", "each", "all"])
def test_permuted_target_labels_change_nothing_that_training_sees(standardize):
    options = {"normalize": "l2", "standardize": standardize}
    one, other = (task("alpha", "beta", **options) for task in (Toy, Permuted))
    for part in ("source_train", "source_val", "target_adapt", "target_val"):
        first, second = (getattr(task.training_data, part) for task in (one, other))
        assert first.ids == second.ids
        assert torch.equal(first.inputs, second.inputs)
    assert not torch.equal(one.report_data.test.labels, other.report_data.test.labels)


def test_samples_of_zeros_stay_finite():
    class Zeros(Toy):
        def domain(self, name):
            stored = super().domain(name).train
            return Domain(Samples(torch.zeros(100, 4), stored.labels, stored.ids))

    for norm in ("l1", "l2"):
        task = Zeros("alpha", "beta", normalize=norm, standardize="each")
        assert torch.equal(task.training_data.target_adapt.inputs, torch.zeros(60, 4))


def test_the_record_of_a_split_says_how_features_were_scaled():
    split = Toy("alpha", "beta", normalize="l1", standardize="each").split()
    assert split["scaling"] == {"normalize": "l1", "standardize": "each"}


@pytest.mark.parametrize("option", [{"pixels": Pixels(mean=0.5, std=0.5)}, {"shift": 2}])
def test_what_only_images_have_is_refused(option):
    with pytest.raises(ValueError, match="features have no pixels"):
        Toy("alpha", "beta", **option)
