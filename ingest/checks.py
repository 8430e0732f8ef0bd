"""Can every connection's webhooks be verified? Asked at start, and each time the configuration changes."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

import msgspec

from ingest.doors import scheme_names
from ingest.in_flight import LARGEST_BODY
from ingest.platforms import SOURCES
from ingest.schemes import READS, SCHEMES
from ingest.source import Source
from runtime.config import Config, Connection, Options
from runtime.config_checks import Fault
from runtime.nearest import suggestion
from schemas.words import Platform

LARGEST_MB: Final = LARGEST_BODY // 2**20

# Options that every scheme may have beside it; the others belong to the schemes that read them.
ANYWHERE: Final = frozenset({"scheme", "also", "public_url", "max_body_mb"})
_HEADERS: Final = ("header", "timestamp_header", "message_id_header")
_TOKEN: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_URL: Final = re.compile(r"https?://[^/?#\s]+(/[^?#\s]*)?(\?[^#\s]*)?")

Told = Iterator[tuple[str, str]]
"""The option (or `secrets`) that is wrong, and why."""


def check_connections(config: Config, *, sources: Mapping[Platform, Source] = SOURCES) -> list[Fault]:
    """Return what is wrong with the proofs of *config*'s connections, each fault by its place and in one sentence."""
    return [
        Fault(_place(index, option), f"{connection.id}: {sentence}")
        for index, connection in enumerate(config.connections)
        for option, sentence in _told(connection, sources.get(connection.platform))
    ]


def _place(index: int, option: str) -> Sequence[str | int]:
    return ("connections", index, *(() if option in {"secrets", "platform"} else ("options",)), option)


def _told(connection: Connection, source: Source | None) -> Told:
    if source is None:
        yield "platform", f"webhooks of {connection.platform} are not taken yet"
        return
    unknown = list(_unknown_schemes(connection, source))
    yield from unknown
    if not unknown:
        for row in ROWS:
            yield from row(connection, source)


def _unknown_schemes(connection: Connection, source: Source) -> Told:
    known = SCHEMES.keys() | source.schemes.keys()
    for option in ("scheme", "also"):
        word = getattr(connection.options, option)
        if word is not None and word not in known:
            yield option, f"{connection.platform} has no scheme {word!r}{suggestion(word, known)}"


def _also(connection: Connection, source: Source) -> Told:
    names = scheme_names(connection, source)
    if len(names) > 1 and (names[0] == names[1] or "none" in names):
        yield "also", f"{names[1]!r} beside {names[0]!r} is no second proof."


def _unread(connection: Connection, source: Source) -> Told:
    names = scheme_names(connection, source)
    read = ANYWHERE.union(*(source.reads.get(name, READS.get(name, frozenset())) for name in names))
    for option, given, usual in _options(connection.options):
        if given != usual and option not in read:
            yield option, f"the scheme {' with '.join(names)} does not read {option}{suggestion(option, read)}"


def _options(options: Options) -> Iterator[tuple[str, object, object]]:
    usual = Options()
    for field in msgspec.structs.fields(Options):
        yield field.name, getattr(options, field.name), getattr(usual, field.name)


def _spelling(connection: Connection, source: Source) -> Told:
    options = connection.options
    for option in _HEADERS:
        name = getattr(options, option)
        if name is not None and not _TOKEN.fullmatch(name):
            yield option, f"{name!r} is no name of a header."
    if options.public_url is not None and not _URL.fullmatch(options.public_url):
        yield "public_url", "write scheme, host and path as the sender calls them: https://hooks.example.com/path."
    if options.max_body_mb is not None and options.max_body_mb > LARGEST_MB:
        yield "max_body_mb", f"the most is {LARGEST_MB}."


def _basic(connection: Connection, source: Source) -> Told:
    if "basic" in scheme_names(connection, source) and not all(":" in secret for secret in connection.secrets):
        yield "secrets", "basic takes secrets of the form user:password."


def _own(connection: Connection, source: Source) -> Told:
    if source.check is not None:
        secrets = [secret.encode() for secret in connection.secrets]
        for sentence in source.check(secrets, connection.options):
            yield "scheme", sentence


ROWS: Final[Sequence[Callable[[Connection, Source], Told]]] = (_also, _unread, _spelling, _basic, _own)
