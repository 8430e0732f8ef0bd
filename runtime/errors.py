"""Why a process cannot start or go on, in one sentence that tells a person what to do."""

from collections.abc import Sequence


class CannotStart(Exception):
    """Something outside of us is not as we need it (a port, a directory, a server); exit status 1, no traceback."""

    status = 1

    def __init__(self, sentence: str) -> None:
        """Keep the sentence that is shown."""
        super().__init__(sentence)
        self.sentences: Sequence[str] = (sentence,)


class Misconfigured(CannotStart):
    """Settings or `aftercall.toml` are wrong; each sentence names the place and what is known there. Exit status 2."""

    status = 2

    def __init__(self, *sentences: str) -> None:
        """Keep every fault found, so that one run shows them all."""
        super().__init__("\n".join(sentences))
        self.sentences = sentences
