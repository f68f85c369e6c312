import csv
import io
import subprocess
import sys

import pytest
import torch
from command_line import arguments, run
from pytorch_lightning import Trainer
from rich.console import Console

from da.__main__ import main
from da.benchmark.packing import state_hash
from da.callbacks.training_bar import TrainingBar
from da.cli import DomainAdaptationCLI
from da.data import Pixels
from da.data.gaussians import Gaussians
from da.methods import DAN, SourceOnly, load

DANN = "DANN-source-target-0"


def weights(folder):
    checkpoint = torch.load(folder / "checkpoints" / "last.ckpt", weights_only=True)
    return state_hash(checkpoint["state_dict"])


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """Return the folder of a finished run of DANN."""
    root = tmp_path_factory.mktemp("trained")
    assert run("fit", root) == 0
    return root / "runs" / DANN / "version_0"


@pytest.mark.parametrize(
    ("method", "name"),
    [
        ("source_only", "SourceOnly"),
        ("dann", "DANN"),
        ("dan", "DAN"),
        ("deep_coral", "DeepCORAL"),
        ("target_only", "TargetOnly"),
    ],
)
def test_each_method_trains_and_says_where_its_results_are(tmp_path, capsys, method, name):
    assert run("fit", tmp_path, method=method) == 0
    out, err = capsys.readouterr()
    folder = tmp_path / "runs" / f"{name}-source-target-0" / "version_0"
    first, *scores, checkpoint, configuration, metrics = out.splitlines()
    assert first.startswith(f"{name}-source-target-0: 160 labelled and 150 unlabelled samples")
    assert [s.split()[0] for s in scores] == [
        "oracle/accuracy",
        "score/information_maximization",
        "score/source_accuracy",
    ]
    assert checkpoint.split() == ["checkpoint", str(folder / "checkpoints" / "last.ckpt")]
    assert configuration.split() == ["configuration", str(folder / "config.yaml")]
    assert metrics.split() == ["metrics", str(folder / "metrics.csv")]
    assert type(load(folder / "checkpoints" / "last.ckpt")).__name__ == name
    assert err == ""


def test_the_scores_are_those_of_the_last_step_also_between_two_validations(tmp_path, capsys):
    assert run("fit", tmp_path, "--trainer.max_steps", 8) == 0
    folder = tmp_path / "runs" / DANN / "version_0"
    printed = float(capsys.readouterr().out.split("oracle/accuracy")[1].split()[0])
    method, test = load(folder / "checkpoints" / "last.ckpt"), Gaussians(delta=1.0, size=200)
    samples = test.report_data.test
    correct = method(samples.inputs).argmax(1) == samples.labels
    assert printed == pytest.approx(float(correct.float().mean()), abs=1e-4)


def test_short_names_choose_classes(tmp_path):
    options = ["--data.scenario", "Partial", "--data.scenario.classes", "1"]
    args = arguments("fit", tmp_path, "--model", "DAN", "--model.backbone", "MLP", *options)
    cli = DomainAdaptationCLI(args=args[1:], run=False)
    assert isinstance(cli.model, DAN)
    assert type(cli.datamodule.scenario).__name__ == "Partial"
    assert type(cli.model.backbone).__name__ == "MLP"


def test_the_data_says_how_many_classes_and_channels_there_are(tmp_path):
    cli = DomainAdaptationCLI(args=arguments("fit", tmp_path)[1:], run=False)
    assert cli.model.classifier.out_features == Gaussians.num_classes
    assert cli.model.backbone.layers[0].in_features == Gaussians.in_channels


def test_the_method_says_whose_labels_it_trains_on(tmp_path):
    args = arguments("fit", tmp_path, method="target_only")
    assert DomainAdaptationCLI(args=args[1:], run=False).datamodule.labeled_domain == "target"
    args += ["--model", "SourceOnly"]
    assert DomainAdaptationCLI(args=args[1:], run=False).datamodule.labeled_domain == "source"


@pytest.mark.parametrize(
    ("method", "labels"), [("target_only_5", 5), ("target_only", None), ("dann", None)]
)
def test_the_method_says_how_many_labels_it_trains_on(tmp_path, method, labels):
    args = arguments("fit", tmp_path, method=method)
    cli = DomainAdaptationCLI(args=args[1:], run=False)
    assert cli.datamodule.labels_per_class == labels


def test_pixels_are_standardized_as_the_command_says(tmp_path):
    args = arguments("fit", tmp_path)
    args += ["--data.pixels.mean", "[0.1, 0.2, 0.3]", "--data.pixels.std", "0.5"]
    task = DomainAdaptationCLI(args=args[1:], run=False).datamodule
    assert task.pixels == Pixels((0.1, 0.2, 0.3), 0.5)


def test_the_saved_configuration_reproduces_the_run_bit_for_bit(trained):
    assert main(["fit", "-c", str(trained / "config.yaml")]) == 0
    again = trained.parent / "version_1"
    assert weights(again) == weights(trained)
    assert (again / "config.yaml").read_text() == (trained / "config.yaml").read_text()
    assert main(["fit", "-c", str(trained / "config.yaml"), "--seed_everything", "1"]) == 0
    other = trained.parents[1] / "DANN-source-target-1" / "version_0"
    assert weights(other) != weights(trained)


def test_a_resumed_run_goes_on_where_the_checkpoint_stopped(tmp_path, trained):
    options = ["--ckpt_path", trained / "checkpoints" / "last.ckpt", "--trainer.max_steps", 15]
    assert run("fit", tmp_path, *options) == 0
    checkpoint = tmp_path / "runs" / DANN / "version_0" / "checkpoints" / "last.ckpt"
    assert torch.load(checkpoint, weights_only=True)["global_step"] == 15


def test_a_scenario_has_its_own_folder(tmp_path):
    options = ["--data.scenario", "LabelShift", "--data.scenario.alpha", "5"]
    assert run("fit", tmp_path, *options) == 0
    assert (tmp_path / "runs" / "DANN-source-target-LabelShift-0" / "version_0").is_dir()


def test_without_a_logger_only_the_checkpoint_is_left(tmp_path):
    assert run("fit", tmp_path, "--logger", "none") == 0
    files = {p.relative_to(tmp_path / "runs") for p in tmp_path.glob("runs/**/*") if p.is_file()}
    assert {str(f) for f in files} == {"checkpoints/last.ckpt"}


def test_checkpoints_can_be_switched_off(tmp_path, capsys):
    assert run("fit", tmp_path, "--trainer.enable_checkpointing", "false") == 0
    assert not list(tmp_path.rglob("*.ckpt"))
    assert "\ncheckpoint" not in capsys.readouterr().out


def test_a_checkpoint_is_validated_and_tested(tmp_path, capsys, trained):
    path = trained / "checkpoints" / "last.ckpt"
    # A network of another width: what was trained is what is scored.
    options = ["--model.backbone.hidden", "[16]", "--ckpt_path", path]
    assert run("validate", tmp_path, *options) == 0
    scores = capsys.readouterr().out
    assert "score/source_accuracy" in scores
    assert "oracle" not in scores
    assert run("test", tmp_path, *options) == 0
    samples = Gaussians(delta=1.0, size=200).report_data.test
    accuracy = (load(path)(samples.inputs).argmax(1) == samples.labels).float().mean()
    assert capsys.readouterr().out.split() == ["oracle/accuracy", f"{accuracy:.4f}"]


@pytest.mark.parametrize("options", [[], ["--return_predictions", "true"]])
def test_predictions_are_a_table_with_one_line_a_sample(tmp_path, trained, options):
    path, output = trained / "checkpoints" / "last.ckpt", tmp_path / "new" / "predictions.csv"
    options = [*options, "--ckpt_path", path, "--output", output]
    assert run("predict", tmp_path, *options) == 0
    with output.open() as file:
        rows = list(csv.DictReader(file))
    target = Gaussians(delta=1.0, size=200).unlabeled_target()
    expected = load(path)(target.inputs).softmax(1)
    assert list(rows[0]) == ["id", "prediction", "confidence", "p(0)", "p(1)"]
    assert [row["id"] for row in rows] == list(target.ids)
    assert [int(row["prediction"]) for row in rows] == expected.argmax(1).tolist()
    found = torch.tensor([[float(row[f"p({c})"]) for c in (0, 1)] for row in rows])
    torch.testing.assert_close(found, expected.detach(), atol=1e-6, rtol=0)
    confidence = torch.tensor([float(row["confidence"]) for row in rows])
    torch.testing.assert_close(confidence, found.max(1).values)
    assert [p.name for p in output.parent.iterdir()] == ["predictions.csv"]


def test_predictions_may_stop_early(tmp_path, trained, capsys):
    path, output = trained / "checkpoints" / "last.ckpt", tmp_path / "predictions.csv"
    options = ["--ckpt_path", path, "--output", output, "--data.size", 600]
    assert run("predict", tmp_path, *options, "--trainer.limit_predict_batches", 1) == 0
    assert "256 samples" in capsys.readouterr().out


MISTAKES = [
    (["--model", "DANNN"], "there is no class 'DANNN'; did you mean 'DANN'?"),
    (["--model", "DeepCorral"], "did you mean 'DeepCORAL'?"),
    (["--data", "Digitz"], "there is no class 'Digitz'; did you mean 'Digits'?"),
    (["--data.scenario", "Partal"], "there is no class 'Partal'; did you mean 'Partial'?"),
    (["--model.backbone", "MPL"], "there is no class 'MPL'"),
    (["--model.optimizer", "Adamm"], "did you mean 'Adam'?"),
    (["--model.wieght", "1"], "no option 'model.wieght'; did you mean 'model.weight'?"),
    (["--model.backbone.hiden", "[3]"], "did you mean 'model.backbone.hidden'?"),
    (["--model.optimizer.lrr", "3"], "did you mean 'model.optimizer.lr'?"),
    (["--data.batchsize", "3"], "did you mean 'data.batch_size'?"),
    (["--trainer.max_stps", "3"], "did you mean 'trainer.max_steps'?"),
    (["--max_steps", "3"], "did you mean 'trainer.max_steps'?"),
    (["--loger", "csv"], "no option 'loger'; did you mean 'logger'?"),
    (["--logger", "cvs"], "logger must be one of csv, wandb, wandb-online, none; got 'cvs'"),
    (["--model.ramp", "da.schedules.sigmoid"], "did you mean 'da.schedules.sigmoid_ramp'?"),
    (["--model.weight", "-1"], "at least 0; got weight=-1.0"),
    (["--model.weight", ".nan"], "at least 0; got weight=nan"),
    (["--model.weight", "much"], "model.weight must be of type float; got 'much'"),
    (["--model.weight", "null"], "model.weight is null, but must be float"),
    (["--data.batch_size", "null"], "data.batch_size is null, but must be int"),
    (["--data.batch_size", "64.5"], "data.batch_size must be of type int; got '64.5'"),
    (["--data.batch_size", "161"], "a batch of 161 is larger than the source, which has 160"),
    (["--data.source", "surce"], "has no domain 'surce'; it has source, target"),
    (["--data.source", "target"], "source and target are both 'target'"),
    (["--model.num_classes", "3"], "model.num_classes cannot be chosen: the data set decides it"),
    (["--model.init_args.num_classes=3"], "model.num_classes cannot be chosen"),
    (["--model.in_channels", "3"], "model.in_channels cannot be chosen"),
    (["--data.seed", "3"], "data.seed cannot be chosen: --seed_everything decides it"),
    (["--data.labeled_domain", "target"], "data.labeled_domain cannot be chosen"),
    (["--data.labels_per_class", "5"], "data.labels_per_class cannot be chosen"),
    (["--seed_everything", "-1"], "a seed lies between 0 and 4294967295"),
    (["--seed_everything", "soon"], "seed_everything must be of type bool or int; got 'soon'"),
    (["--trainer.max_steps", "0"], "got trainer.max_steps=0"),
    (["--trainer.accelerator", "abacus"], "abacus"),
    (["-c", "nowhere.yaml"], "nowhere.yaml"),
    (["surplus"], "options start with --; got 'surplus'"),
    (["--ckpt_path", "nowhere.ckpt"], "there is no checkpoint nowhere.ckpt"),
]


def mistake(capsys, code):
    """Check that a command failed as a mistake and return its one sentence."""
    err = capsys.readouterr().err
    assert code == 2
    assert err.startswith("da: error: ")
    assert err.count("\n") == 1
    assert err.endswith("\n")
    assert len(err) < 400
    return err


@pytest.mark.parametrize(("options", "sentence"), MISTAKES, ids=lambda value: str(value)[:40])
def test_a_mistake_is_one_sentence(tmp_path, capsys, options, sentence):
    assert sentence in mistake(capsys, run("fit", tmp_path, *options))
    assert not (tmp_path / "runs" / DANN).exists() or "batch_size" in str(options)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("modle: {x: 1}", "there is no option 'modle"),
        ("trainer: {max_stps: 3}", "did you mean 'trainer.max_steps'?"),
        ("model: {init_args: {wieght: 3}}", "did you mean 'model.weight'?"),
        ("model: {init_args: {num_classes: 3}}", "model.num_classes cannot be chosen"),
        ("a: [1", "Problems parsing config"),
    ],
)
def test_a_mistake_in_a_file_is_one_sentence(tmp_path, capsys, text, sentence):
    (tmp_path / "wrong.yaml").write_text(text)
    assert sentence in mistake(capsys, run("fit", tmp_path, "-c", tmp_path / "wrong.yaml"))


def test_the_method_comes_before_the_data(tmp_path, capsys):
    args = arguments("fit", tmp_path)
    swapped = [*args[:3], *args[5:7], *args[3:5]]
    assert "stand before its class" in mistake(capsys, main(swapped))


def test_a_method_and_data_must_be_given(capsys):
    assert "data and model must be given" in mistake(capsys, main(["fit"]))


@pytest.mark.parametrize("command", ["validate", "test", "predict"])
def test_only_a_trained_network_is_evaluated(tmp_path, capsys, command):
    sentence = mistake(capsys, run(command, tmp_path))
    assert f"da {command} needs a trained network; give its checkpoint with --ckpt_path" in sentence


@pytest.mark.parametrize("command", ["fit", "test"])
def test_a_checkpoint_of_another_class_is_refused(tmp_path, capsys, trained, command):
    path = trained / "checkpoints" / "last.ckpt"
    code = run(command, tmp_path, "--ckpt_path", path, method="source_only")
    assert "is a checkpoint of DANN, not of SourceOnly" in mistake(capsys, code)


@pytest.mark.parametrize("command", ["fit", "predict"])
def test_a_damaged_checkpoint_is_refused(tmp_path, capsys, trained, command):
    path = tmp_path / "damaged.ckpt"
    whole = (trained / "checkpoints" / "last.ckpt").read_bytes()
    for content in (whole[: len(whole) // 2], b"", b"not a checkpoint"):
        path.write_bytes(content)
        code = run(command, tmp_path, "--ckpt_path", path)
        assert "is damaged or no checkpoint of a method" in mistake(capsys, code)
    torch.save({"state_dict": {}}, path)
    code = run(command, tmp_path, "--ckpt_path", path)
    assert "is damaged or no checkpoint of a method" in mistake(capsys, code)


def test_a_checkpoint_of_another_shape_cannot_be_resumed(tmp_path, capsys, trained):
    path = trained / "checkpoints" / "last.ckpt"
    options = ["--ckpt_path", path, "--model.backbone.hidden", "[16]"]
    sentence = mistake(capsys, run("fit", tmp_path, *options))
    assert "backbone.layers.0.bias has shape (8,) in the checkpoint and (16,)" in sentence


def test_predictions_cannot_be_thrown_away(tmp_path, capsys, trained):
    path = trained / "checkpoints" / "last.ckpt"
    code = run("predict", tmp_path, "--ckpt_path", path, "--return_predictions", "false")
    assert "leave --return_predictions false out" in mistake(capsys, code)


def test_an_unwritable_folder_is_one_sentence(tmp_path, capsys):
    (tmp_path / "file").write_text("")
    code = run("fit", tmp_path, "--trainer.default_root_dir", tmp_path / "file")
    assert str(tmp_path / "file") in mistake(capsys, code)


def test_a_mistyped_command_is_one_sentence(capsys):
    assert "no command 'fti'; did you mean 'fit'?" in mistake(capsys, main(["fti"]))
    assert "there are fit, validate" in mistake(capsys, main(["xyz"]))


def test_the_help_names_every_command_and_option(capsys):
    assert main([]) == main(["--help"]) == 0
    shown = capsys.readouterr().out
    for command in ("fit", "validate", "test", "predict", "bench", "report", "validators"):
        assert f"\n  {command} " in shown
    assert main(["fit", "--help"]) == 0
    shown = capsys.readouterr().out
    assert "usage: da [options] fit" in shown
    assert "--trainer.max_steps" in shown


def test_ctrl_c_has_its_own_exit_code(tmp_path, monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("signal.signal", lambda *_: None)  # Lightning shuts its ears
    monkeypatch.setattr(SourceOnly, "training_step", interrupt)
    assert run("fit", tmp_path, method="source_only") == 130


def test_help_does_not_import_torch():
    script = (
        "import sys; from da.__main__ import main\n"
        "commands = [[], ['bench'], ['report'], ['data'], ['data', 'show'], ['methods'],"
        "['gate'], ['selfcheck']]\n"
        "assert not any(main([*c, '--help']) for c in commands)\n"
        "assert main(['bench', 'digitz']) == 2 == main(['data', 'show', 'digitz'])\n"
        "heavy = {'torch', 'pytorch_lightning', 'numpy', 'wandb', 'matplotlib'} & {*sys.modules}\n"
        "sys.exit(f'imported: {heavy}' if heavy else 0)\n"
    )
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert found.returncode == 0, found.stderr


def test_a_run_prints_its_results_and_no_warning(tmp_path):
    command = [sys.executable, "-m", "da", *arguments("fit", tmp_path)]
    found = subprocess.run(command, capture_output=True, text=True)
    assert (found.returncode, found.stderr) == (0, "")
    assert len(found.stdout.splitlines()) == 7


def test_the_bar_shows_steps_and_scores_in_a_terminal(tmp_path):
    screen = io.StringIO()
    bar = TrainingBar()
    bar.console = Console(file=screen, force_terminal=True, width=200)
    cli = DomainAdaptationCLI(args=arguments("fit", tmp_path)[1:], run=False)
    options = {"logger": False, "enable_checkpointing": False, "enable_model_summary": False}
    callbacks = [*cli.trainer.callbacks[:1], bar]
    trainer = Trainer(
        accelerator="cpu",
        max_steps=10,
        val_check_interval=5,
        check_val_every_n_epoch=None,
        num_sanity_val_steps=0,
        log_every_n_steps=5,
        callbacks=callbacks,
        **options,
    )
    trainer.fit(cli.model, cli.datamodule)
    shown = screen.getvalue()
    assert "10/10" in shown
    assert "step 5: oracle/accuracy" in shown
    assert "step 10: oracle/accuracy" in shown
    assert "loss 0." in shown or "loss 1." in shown
    assert bar.bar is None
