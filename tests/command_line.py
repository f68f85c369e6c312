"""A transfer task on which a command line runs in a moment."""

from da.__main__ import main
from da.benchmark.grid import folder

TOY = """
data:
  class_path: da.data.gaussians.Gaussians
  init_args: {delta: 1.0, size: 200, batch_size: 20}
trainer:
  accelerator: cpu
  max_steps: 10
  val_check_interval: 5
  log_every_n_steps: 5
  default_root_dir: ROOT
model:
  init_args:
    backbone: {class_path: da.backbones.MLP, init_args: {hidden: [8]}}
"""


def arguments(command, root, *options, method="dann"):
    """Return the command line of a toy run that writes to a folder."""
    toy = root / "toy.yaml"
    toy.write_text(TOY.replace("ROOT", str(root / "runs")))
    experiments = folder("experiments")
    files = [experiments / "base.yaml", experiments / "methods" / f"{method}.yaml", toy]
    return [command, *(a for f in files for a in ("-c", str(f))), *map(str, options)]


def run(command, root, *options, method="dann"):
    """Run a command on the toy task and return its exit code."""
    return main(arguments(command, root, *options, method=method))
