"""`aftercall VERB`: what keeps a process from running is one sentence on stderr and an exit status, no traceback."""

import sys

from rich.console import Console

from aftercall.verbs import command
from runtime.errors import CannotStart


def main() -> None:
    """Run the verb of the command line; the process ends here."""
    try:
        command()(prog_name="aftercall")
    except CannotStart as error:
        tell(error)
        sys.exit(error.status)


def tell(error: CannotStart) -> None:
    """Write each sentence on a line of its own."""
    console = Console(stderr=True, soft_wrap=True, highlight=False)
    for sentence in error.sentences:
        console.print(f"aftercall: {sentence}", markup=False)


if __name__ == "__main__":
    main()
