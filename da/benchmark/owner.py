"""Who works on a cell, and whether that process still lives."""

import os
import socket
import time
from pathlib import Path

PATIENCE = (
    60.0  # seconds without a heartbeat after which a process that we cannot see counts as dead
)
BURIAL = 10.0  # seconds that a runner has to give back what its dead worker was executing


def owner_of(pid: int, runner: str = "") -> str:
    """Return a name that no other process gets, even when its number is used again.

    Args:
        pid: Number of a process of this machine.
        runner: Name of the process that started it and takes care of what it leaves behind.

    Returns:
        ``host:pid:start``, and the runner's after a plus sign. The start is empty where there is
        no ``/proc``; there :func:`is_alive` relies on heartbeats too.
    """
    name = f"{socket.gethostname()}:{pid}:{_state_and_start(pid)[1]}"
    return f"{name}+{runner}" if runner else name


def is_alive(owner: str, beat: float) -> bool:
    """Return whether the owner of a run works on it, or its runner will give the run back.

    Args:
        owner: As :func:`owner_of` returned it.
        beat: Time of its last heartbeat, in seconds since the epoch.
    """
    worker, _, runner = owner.partition("+")
    if _lives(worker, beat):
        return True
    # A living runner counts how often a run has killed its worker; it must not be overtaken.
    return bool(runner) and time.time() - beat < BURIAL and _lives(runner, beat)


def _lives(process: str, beat: float) -> bool:
    host, pid, start = process.rsplit(":", 2)
    if host == socket.gethostname():
        try:
            os.kill(int(pid), 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            pass  # it exists and is another user's
        state, started = _state_and_start(int(pid))
        if started:
            # A killed process whose parent has not waited for it stays in the table as a zombie.
            return started == start and state not in ("Z", "X")
    return time.time() - beat < PATIENCE


def _state_and_start(pid: int) -> tuple[str, str]:
    """Return the state's letter and the start in ticks since boot, empty where unknown."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return "", ""
    fields = stat.rpartition(")")[2].split()  # the command before it may contain blanks
    return fields[0], fields[19]
