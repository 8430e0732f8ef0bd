"""The verbs, one row each; a verb's module is imported when it is asked for: `worker` need not load what `up` needs."""

from collections.abc import Iterator, MutableMapping
from importlib import import_module
from typing import Any, Final

from typer.core import TyperGroup
from typer.main import get_command
from typing_extensions import override

VERBS: Final = {
    "up": "aftercall.up",
    "demo": "aftercall.demo.verb",
    "ingest": "aftercall.ingest",
    "worker": "aftercall.worker",
    "query": "aftercall.query",
    "setup": "aftercall.setup",
    "connections": "aftercall.connections",
    "keys": "aftercall.keys",
    "dead-letters": "aftercall.dead_letters",
    "replay": "aftercall.replay",
    "rebuild": "aftercall.rebuild",
    "doctor": "aftercall.doctor",
    "calls": "aftercall.calls",
    "bench": "aftercall.bench",
}
"""Each module's `app` holds one command, or several that become words below the verb."""


class _Commands(MutableMapping[str, Any]):
    """The commands by name, each made when it is looked up."""

    @override
    def __getitem__(self, name: str) -> Any:
        command = get_command(import_module(VERBS[name]).app)
        command.name = name
        return command

    @override
    def __iter__(self) -> Iterator[str]:
        return iter(VERBS)

    @override
    def __len__(self) -> int:
        return len(VERBS)

    @override
    def __setitem__(self, name: str, command: Any) -> None:
        raise TypeError(name)

    @override
    def __delitem__(self, name: str) -> None:
        raise TypeError(name)


def command() -> TyperGroup:
    """Return the whole command line."""
    commands: Any = _Commands()  # the annotation says dict, the class uses a mapping
    return TyperGroup(
        name="aftercall",
        commands=commands,
        no_args_is_help=True,
        rich_markup_mode="markdown",
        help="Keeps every call your voice bots make: webhooks in, one clean call document out, questions answered.",
    )
