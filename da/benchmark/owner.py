"""Who works on a cell, and whether that process still lives."""

import os
import socket
import time
from pathlib import Path

PATIENCE = (
    60.0  # seconds without a heartbeat after which a process that we cannot see counts as dead
)


def owner_of(pid: int) -> str:
    """Return ``host:pid:start``, which no other process gets, even when its number is reused.

    Where there is no ``/proc`` the start is empty and :func:`is_alive` relies on heartbeats too.
    """
    return f"{socket.gethostname()}:{pid}:{_state_and_start(pid)[1]}"


def is_alive(owner: str, beat: float) -> bool:
    """Return whether the owner of a cell still works on it.

    Args:
        owner: As :func:`owner_of` returned it in that process or in its parent.
        beat: Time of its last heartbeat, in seconds since the epoch; what decides for processes of
            other machines, and for those of this machine where there is no ``/proc``.
    """
    host, pid, start = owner.rsplit(":", 2)
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
