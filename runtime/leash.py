"""A leash for child processes: where the parent dies, even by `kill -9`, the kernel ends the child."""

import shutil
from collections.abc import Sequence


def leashed(command: Sequence[str], *, signal: str = "TERM") -> list[str]:
    """Return *command* so that the kernel sends it *signal* when the thread that started it is gone.

    Start it from a thread that lives as long as the process does: the kernel watches the thread.
    """
    # setpriv and not a preexec_fn: Python code between fork and exec may deadlock where threads run.
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", signal, "--", *command] if setpriv else [*command]
