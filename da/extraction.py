"""``da features``: run a frozen backbone once, and adapt on its features from then on."""

import hashlib
import json
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import yaml

from da.arguments import Parser
from da.benchmark.grid import compose, digest

if TYPE_CHECKING:
    from torch import nn

    from da.data import Domain, Inputs, Samples, TransferTask


def features(args: Sequence[str]) -> int:
    """Extract features with a frozen backbone."""
    parser = Parser("da features", description=features.__doc__)
    commands = parser.add_subparsers(dest="command", metavar="command", required=True)
    job = commands.add_parser("extract", help="write the features of each domain to tables")
    job.add_argument("data", help="a file in experiments/data, or path to a YAML file")
    job.add_argument(
        "--extra", nargs="+", default=[], help="further YAML files, such as network/resnet50"
    )
    job.add_argument("--checkpoint", type=Path, help="take the backbone's weights from da fit's")
    job.add_argument("--domains", nargs="+", help="default: all")
    job.add_argument("--output", type=Path, default=Path("features"), help="default: features")
    job.add_argument("--device", default="auto", help="auto, cpu or cuda")
    options = parser.parse_args(args)
    data = options.data if options.data.endswith(".yaml") else f"data/{options.data}"
    config = compose("methods/source_only", data, *options.extra)
    backbone, task = build(config, options.checkpoint)
    from da.data.sheet import present

    domains = options.domains
    if not domains:
        found, absent = present(task)
        domains = list(found)
        for sentence in absent.values():
            print(f"left out: {sentence}")
    network = getattr(backbone, "name", type(backbone).__name__)
    name = f"{Path(data).stem}-{network.lower()}"
    folder = extract(task, backbone, domains, options.output, name=name, device=options.device)
    print(f"features: {folder}")
    print(f"adapt on them: da bench {folder / name}.yaml")
    return 0


def build(config: dict[str, Any], checkpoint: Path | None) -> tuple["nn.Module", "TransferTask"]:
    """Return the backbone of a configuration and its transfer task.

    Args:
        config: A complete configuration, as of ``da fit``.
        checkpoint: A checkpoint of ``da fit`` whose backbone to take.

    Raises:
        FileNotFoundError: If there is no such checkpoint.
        ValueError: If it does not fit the configuration's backbone.
    """
    import torch

    from da.cli import DomainAdaptationCLI, quiet

    quiet()
    silent = {"logger": False, "callbacks": None, "enable_model_summary": False}
    config = {**config, "trainer": {**config["trainer"], **silent}}
    cli = DomainAdaptationCLI(args=config, run=False)
    backbone = cli.model.backbone
    if checkpoint is not None:
        if not checkpoint.is_file():
            raise FileNotFoundError(f"there is no checkpoint {checkpoint}; give one of da fit")
        try:
            saved = torch.load(checkpoint, map_location="cpu", weights_only=True)["state_dict"]
            prefix = "backbone."
            backbone.load_state_dict(
                {k[len(prefix) :]: v for k, v in saved.items() if k.startswith(prefix)}
            )
        except Exception as error:  # whatever a broken file makes of the unpickler
            reason = " ".join(str(error).split())[:200]
            raise ValueError(
                f"{checkpoint} has no weights for {type(backbone).__name__} ({reason}); "
                f"give a checkpoint of the same network"
            ) from error
    return backbone.eval(), cli.datamodule


def extract(
    task: "TransferTask",
    backbone: "nn.Module",
    domains: Sequence[str],
    output: Path,
    *,
    name: str,
    device: str = "auto",
) -> Path:
    """Write the features of some domains as tables, and a YAML file to adapt on them.

    What is there already is kept: the folder's name is a digest of the data, the weights and the
    transform, and a table is written whole or not at all.

    Args:
        task: Gives the domains and the transform of evaluation.
        backbone: The feature extractor, in evaluation mode.
        domains: Names of the domains.
        output: Folder in which to make the folder of these features.
        name: How that folder's name begins.
        device: "auto", "cpu" or "cuda".

    Returns:
        The folder: a table for each side of each domain, ``features.json`` with what they were made
        of, and ``NAME.yaml``.
    """
    import torch

    from da.data.files import replacing

    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "cpu"
    sides = {
        f"{domain}{'-test' * (side == 'test')}": samples
        for domain in domains
        for side, samples in _sides(task.domain(domain))
    }
    origin = {
        "data": {table: contents(samples) for table, samples in sides.items()},
        "weights": _weights(backbone),
        "backbone": type(backbone).__name__,
        "transform": _described(task.eval_transform),
        "pixels": [task.pixels.mean, task.pixels.std],
    }
    if not sides:
        raise FileNotFoundError("none of the domains is there; da data check tells how to get them")
    folder = output / f"{name}-{digest(origin)[:12]}"
    folder.mkdir(parents=True, exist_ok=True)
    for table, samples in sides.items():
        path = folder / f"{table}.npz"
        if not path.is_file():
            arrays = _features(task, backbone.to(device), samples, table, device)
            with replacing(path) as file:
                np.savez(file, allow_pickle=False, **arrays)
    with replacing(folder / "features.json") as file:
        file.write(json.dumps(origin, indent=1).encode())
    with replacing(folder / f"{name}.yaml") as file:
        file.write(_experiment(task, folder, domains, sides).encode())
    return folder


def contents(samples: "Samples | Inputs") -> str:
    """Return the sha256 of inputs, labels and ids."""
    from da.data import Samples, Stored

    summary = hashlib.sha256()
    if isinstance(samples.inputs, Stored):
        summary.update(samples.inputs.digest().encode())
    else:
        summary.update(str((samples.inputs.dtype, tuple(samples.inputs.shape))).encode())
        summary.update(samples.inputs.contiguous().numpy().data)
    if isinstance(samples, Samples):
        summary.update(samples.labels.numpy().tobytes())
    summary.update("\n".join(samples.ids).encode())
    return summary.hexdigest()


def _sides(domain: "Domain") -> Iterator[tuple[str, "Samples | Inputs"]]:
    yield "train", domain.train
    if domain.test is not None:
        yield "test", domain.test


def _features(
    task: "TransferTask", backbone: "nn.Module", samples: "Samples | Inputs", name: str, device: str
) -> dict[str, np.ndarray]:
    import torch
    from rich.progress import track

    from da.data import Samples

    task_batches = task.evaluation(samples.without_labels(), device)
    embedded = []
    with torch.inference_mode():
        for inputs in track(task_batches, description=name, total=len(task_batches)):
            embedded.append(backbone(inputs).float().cpu())
    arrays = {"X": torch.cat(embedded).numpy(), "ids": np.array(samples.ids)}
    if isinstance(samples, Samples):
        names = np.array([str(name) for name in task.class_names])
        arrays |= {"y": names[samples.labels.numpy()]}
    return arrays


def _experiment(
    task: "TransferTask", folder: Path, domains: Sequence[str], sides: Collection[str]
) -> str:
    """Return the YAML of a transfer task on the features, with a head to train."""
    source = task.source if task.source in domains else domains[0]
    target = task.target if task.target in domains else domains[-1]
    tests = {d: str(folder / f"{d}-test.npz") for d in domains if f"{d}-test" in sides}
    config = {
        "data": {
            "class_path": "da.data.FeatureTable",
            "init_args": {
                "source": source,
                "target": target,
                "tables": {d: str(folder / f"{d}.npz") for d in domains},
                **({"test": tests} if tests else {}),
                "identifier": "ids",
                "batch_size": 32,
            },
        },
        "trainer": {"max_steps": 1000, "val_check_interval": 200},
        "model": {
            "init_args": {
                "backbone": {
                    "class_path": "da.backbones.MLP",
                    "init_args": {"hidden": [256], "batch_norm": True},
                },
                "optimizer": {"class_path": "torch.optim.Adam", "init_args": {"lr": 0.001}},
                "lr_schedule": "da.schedules.cosine_decay",
            }
        },
    }
    return yaml.safe_dump(config, sort_keys=False)


def _weights(backbone: "nn.Module") -> str:
    from da.benchmark.packing import state_hash

    return state_hash(backbone.state_dict())


def _described(transform: Any) -> str:
    """Return what a transform does, as its class and attributes."""
    from torch import nn

    if transform is None or isinstance(transform, nn.Module):
        return repr(transform)
    return f"{type(transform).__qualname__}: {vars(transform)!r}"
