"""What a number was computed with."""

import platform
import subprocess
from functools import cache
from importlib.metadata import version
from pathlib import Path


@cache
def environment() -> dict[str, str | bool | None]:
    """Return the commit of the code, and the versions and the machine it ran with."""
    status = _git("status", "--porcelain", "--", "da", "experiments")
    return {
        "code_commit": _git("rev-parse", "HEAD"),
        "dirty": None if status is None else bool(status),
        "python": platform.python_version(),
        **{name: version(name) for name in ("torch", "pytorch-lightning", "numpy")},
        "host_class": f"{platform.system()} {platform.machine()}",
    }


def _git(*args: str) -> str | None:
    root = Path(__file__).resolve().parents[2]
    try:
        done = subprocess.run(
            ["git", "-C", str(root), *args], capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout.strip()
