"""All benches one behind the other, or those that are named: `python -m bench accept worker`."""

import runpy
import sys
from typing import Final

BENCHES: Final = ("accept", "stream", "worker", "soak", "platforms", "query", "flow", "dialects")


def main() -> None:
    """Run each as it runs alone, with its defaults."""
    chosen = sys.argv[1:] or BENCHES
    unknown = [name for name in chosen if name not in BENCHES]
    if unknown:
        sys.exit(f"There is no bench {', '.join(unknown)}; known are {', '.join(BENCHES)}.")
    for name in chosen:
        print(f"== {name}", flush=True)
        sys.argv = [f"bench.{name}"]
        runpy.run_module(f"bench.{name}", run_name="__main__")


if __name__ == "__main__":
    main()
