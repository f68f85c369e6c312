"""FixMatch, self-ensembling and masked image consistency."""

from functools import partial

import pytest
import torch
from pytorch_lightning import Callback

from da.backbones import DigitCNN
from da.batch import Labeled, Unlabeled
from da.layers import batch_norms
from da.methods import MIC, FixMatch, SelfEnsembling
from da.schedules import constant

WEAK = torch.tensor([[5.0, 0, 0], [1, 0, 0], [0, 6, 0]])
STRONG = Unlabeled(torch.zeros(3, 8), torch.tensor([[2.0, 1, 0], [0, 1, 0], [0, 1, 1]]))
NOTHING = Labeled(torch.zeros(2, 8), torch.zeros(2, 3), torch.zeros(2, dtype=torch.long))
NORMALIZED = partial(DigitCNN, channels=(2, 3), out_features=8, batch_norm=True)


def term(method, confident=1.0):
    """The adaptation term for the logits above, half of it."""
    method._trainer = type("Run", (), {"global_step": 0, "max_steps": 1})()
    method.advice, method.monitored["confident"] = WEAK, torch.tensor(confident)
    return method.adaptation_loss(NOTHING, STRONG).item()


def test_fixmatch_learns_the_labels_of_the_confident_samples(build):
    method = build(FixMatch, weight=0.5, ramp=constant)
    assert term(method) == pytest.approx(0.5 * 0.42320025616754386, rel=1e-6)


def test_self_ensembling_is_consistent_and_balanced(build):
    difference = (STRONG.logits.softmax(1) - WEAK.softmax(1)).square().mean(1)
    mean = STRONG.logits.softmax(1).mean(0)
    even = torch.nn.functional.binary_cross_entropy(mean, torch.full((3,), 1 / 3))
    expected = 0.5 * ((difference[0] + difference[2]) / 3 + 0.1 * 2 / 3 * even)
    method = build(SelfEnsembling, weight=0.5, ramp=constant, threshold=0.95, balance=0.1)
    assert term(method, confident=2 / 3) == pytest.approx(expected.item(), rel=1e-5)


def test_masked_images_count_by_the_confidence_of_the_teacher(build):
    losses = torch.nn.functional.cross_entropy(
        STRONG.logits, torch.tensor([0, 0, 1]), reduction="none"
    )
    expected = 0.5 * (torch.tensor([0.98670329, 0.57611688, 0.99506695]) * losses).mean()
    method = build(MIC, weight=0.5, ramp=constant)
    assert term(method) == pytest.approx(expected.item(), rel=1e-6)


@pytest.mark.parametrize("cls", [FixMatch, SelfEnsembling])
def test_data_without_a_strong_view_is_refused(build, stripes, trainer, cls):
    sentence = f"{cls.__name__} learns from a strongly .* holds none; set the data's option strong"
    with pytest.raises(ValueError, match=sentence):
        trainer().fit(build(cls), stripes())
    trainer().fit(build(cls, weight=0.0), stripes())  # is source-only


@pytest.mark.parametrize("cls", [FixMatch, SelfEnsembling])
def test_the_strong_view_is_learned_from_and_the_plain_one_gives_advice(build, stripes, cls):
    method = build(cls, threshold=0.0, ramp=constant)
    method._trainer = type("Run", (), {"global_step": 0, "max_steps": 1})()
    rng = torch.Generator().manual_seed(0)
    images = torch.rand(3, 4, 1, 28, 28, generator=rng)
    labels = torch.tensor([0, 1, 2, 0])
    batch = {"source": (images[0], labels), "target": images[1], "target_strong": images[2]}
    loss = method.training_step(batch, 0)["adaptation_loss"]
    torch.testing.assert_close(method.advice, method(images[1]))
    assert not method.advice.requires_grad
    expected = method.adaptation_loss(NOTHING, Unlabeled(*method.embed(images[2])))
    torch.testing.assert_close(loss, expected)


def test_the_share_of_confident_samples_is_told(build, stripes, trainer):
    for threshold, share in ((0.0, 1.0), (1.0, 0.0)):
        method = build(FixMatch, threshold=threshold)
        trainer(max_steps=1).fit(method, stripes(second_view=True))
        assert method.monitored["confident"] == share


def states(method):
    """Parameters of the student and of the teacher."""
    student = [*method.backbone.parameters(), *method.classifier.parameters()]
    both = student, [*method.teacher.parameters()]
    return [torch.cat([p.detach().flatten() for p in parameters]) for parameters in both]


class Recorder(Callback):
    """Keep the parameters after each step."""

    def __init__(self):
        self.students, self.teachers = [], []

    def on_train_batch_end(self, trainer, pl_module, outputs, batch, batch_idx):
        student, teacher = states(pl_module)
        self.students.append(student)
        self.teachers.append(teacher)


def test_the_teacher_is_the_mean_of_the_first_students_and_then_a_moving_one(
    build, stripes, trainer
):
    method, recorder = build(SelfEnsembling, decay=0.75, threshold=0.0, ramp=constant), Recorder()
    start, copy = states(method)
    assert torch.equal(start, copy)
    trainer(max_steps=8, callbacks=[recorder]).fit(method, stripes(second_view=True))
    students, teachers = recorder.students, recorder.teachers
    for i in range(4):
        torch.testing.assert_close(teachers[i], torch.stack(students[: i + 1]).mean(0))
    for i in range(4, 8):
        torch.testing.assert_close(teachers[i], 0.75 * teachers[i - 1] + 0.25 * students[i])
    assert not torch.allclose(teachers[-1], students[-1])


def test_the_teacher_is_in_checkpoints_and_receives_no_gradient(build, stripes, trainer):
    method = build(SelfEnsembling, threshold=0.0, ramp=constant)
    trainer().fit(method, stripes(second_view=True))
    names = [name for name in method.state_dict() if name.startswith("teacher.")]
    assert len(names) == len(method.backbone.state_dict()) + len(method.classifier.state_dict())
    assert all(p.grad is None and not p.requires_grad for p in method.teacher.parameters())


def test_it_is_the_teacher_that_is_evaluated(build, stripes, trainer):
    method = build(SelfEnsembling, threshold=0.0, ramp=constant)
    trainer().fit(method, stripes(second_view=True))
    images = torch.rand(4, 1, 28, 28)
    backbone, classifier = method.teacher
    assert torch.equal(method.eval()(images), classifier(backbone(images)))
    assert not torch.allclose(method.train()(images), classifier(backbone(images)))


def test_the_teacher_has_the_batch_normalization_of_the_student(build, stripes, trainer):
    method = build(SelfEnsembling, network=NORMALIZED, threshold=0.0, ramp=constant)
    trainer().fit(method, stripes(second_view=True))
    pairs = zip(batch_norms(method.teacher), batch_norms(method.backbone), strict=True)
    for mean, student in pairs:
        assert torch.equal(mean.running_var, student.running_var)


def test_patches_are_masked_whole_and_in_all_channels(build):
    method = build(MIC, patch=8, ratio=0.5)
    torch.manual_seed(0)
    view = method.strong_view({"target": torch.ones(200, 3, 28, 20)})
    assert {*view.unique().tolist()} == {0.0, 1.0}
    assert torch.equal(view, view[:, :1].expand_as(view))
    for rows in torch.arange(28).split(8):
        for columns in torch.arange(20).split(8):
            patch = view[:, 0, rows][:, :, columns].flatten(1)
            assert torch.equal(patch.min(1).values, patch.max(1).values)
            assert patch[:, 0].mean().item() == pytest.approx(0.5, abs=0.12)


def test_the_ratio_is_the_share_of_masked_patches(build):
    torch.manual_seed(0)
    view = build(MIC, patch=4, ratio=0.7).strong_view({"target": torch.ones(100, 1, 28, 28)})
    assert view.mean().item() == pytest.approx(0.3, abs=0.02)


def test_masks_need_images(build):
    with pytest.raises(ValueError, match=r"the inputs have shape \(2,\); choose data of images"):
        build(MIC).strong_view({"target": torch.zeros(4, 2)})


@pytest.mark.parametrize(
    ("cls", "options", "sentence"),
    [
        (FixMatch, {"threshold": -0.1}, r"lies in \[0, 1\]; got threshold=-0\.1"),
        (SelfEnsembling, {"decay": 1.0}, r"a decay lies in \[0, 1\); got decay=1\.0"),
        (SelfEnsembling, {"balance": -1.0}, r"at least 0; got balance=-1\.0"),
        (MIC, {"patch": 0}, "got patch=0, ratio=0.7"),
        (MIC, {"ratio": 1.0}, "got patch=64, ratio=1.0"),
    ],
)
def test_refuses_a_value_out_of_range(build, cls, options, sentence):
    with pytest.raises(ValueError, match=sentence):
        build(cls, **options)
