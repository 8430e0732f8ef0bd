"""Each platform's page is there and says what the tables say; the index is made from tables and recorded webhooks.

`python -m tests.pure.test_platform_pages` writes `docs/platforms/index.md`.
"""

import re
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest

from ingest.checks import check_connections
from ingest.platforms import SOURCES
from ingest.schemes import SCHEMES
from runtime.config_file import parse
from schemas.words import Platform
from tests.webhooks import WEBHOOKS, recorded
from workers.platforms import NORMALISERS

PAGES: Final = Path(__file__).parents[2] / "docs" / "platforms"
INDEX: Final = PAGES / "index.md"
_TOML: Final = re.compile(r"```toml\n(.*?)```", re.DOTALL)
_VARIABLE: Final = re.compile(r"env:(\w+)")
_SECRET: Final = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3"  # any proof takes it for one
_TENANT: Final = '[[tenants]]\nid = "acme"\n'

COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "direction": ("direction",),
    "numbers": ("from", "to", "customer_number", "legs"),
    "start": ("started_at",),
    "answer": ("answered_at",),
    "end": ("ended_at",),
    "agent": ("agent",),
    "batch": ("batch",),
    "words": ("turns", "transcript"),
    "recording": ("recording", "media"),
    "cost": ("cost",),
    "summary": ("summary",),
    "success": ("success",),
    "extracted data": ("extracted",),
    "who ended it": ("ended_by",),
}
"""What a reader asks of a platform, and the facts that answer it."""

PAGED: Final = sorted(platform for platform in SOURCES if (PAGES / f"{platform}.md").exists())
TITLE: Final = """\
# Platforms

One page each: where to click, what becomes which field, what is odd. This table is made from the code's tables and the
recorded webhooks in `tests/fixtures` (`python -m tests.pure.test_platform_pages`).

"""


def page(platform: Platform) -> str:
    return (PAGES / f"{platform}.md").read_text()


@cache
def told(platform: Platform) -> frozenset[str]:
    """Return the names of the facts that any recorded webhook of *platform* tells."""
    facts = (NORMALISERS[platform](recorded(path)) for path in WEBHOOKS if path.parent.name == platform)
    return frozenset(name for one in facts if one for name, value in _said(one).items() if value not in (None, "", {}))


def _said(facts: Any) -> dict[str, Any]:
    said: dict[str, Any] = msgspec.to_builtins(facts)
    return said | {name: value for leg in said.get("legs", {}).values() for name, value in leg.items()}


def outcomes(platform: Platform) -> set[str]:
    """Return the outcomes that recorded webhooks of *platform* have, those of legs too."""
    facts = [NORMALISERS[platform](recorded(path)) for path in WEBHOOKS if path.parent.name == platform]
    ends = [end for one in facts if one for end in (one.outcome, *(leg.outcome for leg in one.legs.values()))]
    return {str(end) for end in ends if end}


def events(platform: Platform) -> list[str]:
    module = import_module(f"schemas.platforms.{platform}")
    return [str(event) for event in getattr(module, "MessageType", module.RANKS)]  # vapi ranks by status too


def index() -> str:
    rows = [("platform", "webhooks", "proof", "answer", "does not tell"), ("---",) * 5, *map(_row, PAGED)]
    return TITLE + "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _row(platform: Platform) -> tuple[str, ...]:
    source = SOURCES[platform]
    proofs = [source.default_scheme, *(scheme for scheme in source.schemes if scheme != source.default_scheme)]
    untold = [name for name, facts in COLUMNS.items() if not told(platform) & set(facts)]
    return (
        f"[{platform}]({platform}.md)",
        ", ".join(f"`{event}`" for event in events(platform)),
        ", ".join(f"`{scheme}`" for scheme in proofs),
        str(source.answer.status),
        ", ".join(untold) or "–",
    )


def test_every_platform_has_a_page() -> None:
    assert set(SOURCES) == set(PAGED)


def test_the_index_says_what_the_tables_say() -> None:
    assert INDEX.read_text() == index()


@pytest.mark.parametrize("platform", PAGED)
def test_the_connection_on_the_page_works(platform: Platform) -> None:
    for snippet in _TOML.findall(page(platform)):
        environment = dict.fromkeys(_VARIABLE.findall(snippet), _SECRET)
        config = parse(_TENANT + snippet, environment, checks=(check_connections,))

        assert [connection.platform for connection in config.connections] == [platform]


@pytest.mark.parametrize("platform", PAGED)
def test_the_page_names_every_event_and_every_proof_of_the_platforms_own(platform: Platform) -> None:
    text = page(platform)
    own = SOURCES[platform].schemes.keys() | {SOURCES[platform].default_scheme}

    assert [event for event in events(platform) if f"`{event}`" not in text] == []
    assert [scheme for scheme in own - SCHEMES.keys() if scheme not in text] == []


@pytest.mark.parametrize("platform", PAGED)
def test_the_page_names_every_outcome_that_was_recorded(platform: Platform) -> None:
    assert [outcome for outcome in outcomes(platform) if f"`{outcome}`" not in page(platform)] == []


@pytest.mark.parametrize("platform", PAGED)
def test_the_page_says_where_the_rest_is(platform: Platform) -> None:
    assert f"`ext.{platform}" in page(platform)


@pytest.mark.parametrize("platform", PAGED)
def test_the_page_names_what_is_cut_out(platform: Platform) -> None:
    names = {name for row in SOURCES[platform].cut if row.keep is None and row.where is None for name in row.names}
    text = page(platform)

    assert not names or any(f"`{name}`" in text for name in names)


@pytest.mark.parametrize("path", sorted(PAGES.glob("*.md")), ids=lambda path: path.stem)
def test_no_page_is_about_a_platform_that_is_none(path: Path) -> None:
    assert path == INDEX or Platform(path.stem) in SOURCES


if __name__ == "__main__":
    INDEX.write_text(index())
