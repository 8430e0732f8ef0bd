"""The demo's webhooks are such as their platforms send: proved, about a call, and understood."""

from base64 import b64encode
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aftercall.demo import TELLERS
from aftercall.demo.plan import plan
from aftercall.demo.proofs import EVERYWHERE, request
from aftercall.demo.show import choose
from aftercall.demo.stories import SCRIPTS, stories
from aftercall.tokens import make_secret
from ingest.headers import Headers
from ingest.platforms import SOURCES
from ingest.schemes import SCHEMES
from ingest.source import Received
from runtime.config import Connection, Options
from schemas.envelope import Envelope
from schemas.words import Platform
from workers.platforms import NORMALISERS

BASE_URL = "http://localhost"
NOW = datetime(2026, 11, 21, 12, 0, 0, tzinfo=UTC)
STORIES = stories(len(SCRIPTS), seed=1, now=NOW)


def connection(platform: Platform, **options: Any) -> Connection:
    secrets = (make_secret(platform),)
    return Connection(id="c", tenant="t", platform=platform, secrets=secrets, options=Options(**options))


def received(sender: Connection, platform: Platform, story_at: int, event_at: int = -1) -> Received:
    webhook = TELLERS[platform].webhooks(STORIES[story_at])[event_at]
    path, headers, body = request(TELLERS[platform], sender, webhook, base_url=BASE_URL, now=NOW)
    path, _, query = path.partition("?")
    path = unquote(path)  # as servers hand it on
    parts = path.removeprefix("/webhooks/").split("/", 1)
    return Received(
        method="POST",
        url=BASE_URL + path,
        path_secret=parts[1] if len(parts) > 1 else None,
        query=query.encode(),
        headers=Headers([(name.lower().encode(), value.encode()) for name, value in headers.items()]),
        content_type=headers["Content-Type"],
        body=body,
        now=NOW,
    )


@pytest.mark.parametrize("platform", TELLERS)
def test_every_webhook_is_proved_by_the_platforms_own_scheme(platform: Platform) -> None:
    sender = connection(platform)
    source = SOURCES[platform]
    prove = source.schemes.get(source.default_scheme) or SCHEMES[source.default_scheme]
    secrets = [secret.encode() for secret in sender.secrets]

    for index, story in enumerate(STORIES):
        for event in range(len(TELLERS[platform].webhooks(story))):
            prove(received(sender, platform, index, event), secrets, sender.options)


@pytest.mark.parametrize("scheme", sorted(EVERYWHERE))
def test_every_common_scheme_is_proved(scheme: str) -> None:
    sender = connection(Platform.STANDARD, scheme=scheme)

    SCHEMES[scheme](received(sender, Platform.STANDARD, 0), [sender.secrets[0].encode()], sender.options)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"include_timestamp": False},
        {
            "format": "{svix-id}.{timestamp}.{body}",
            "encoding": "base64",
            "prefix": "v1,",
            "header": "webhook-signature",
        },
        {"algorithm": "sha512", "timestamp_header": "x-when"},
    ],
)
def test_an_hmac_credential_is_proved_as_it_is_configured(options: dict[str, Any]) -> None:
    sender = connection(Platform.VAPI, scheme="hmac", **options)

    SOURCES[Platform.VAPI].schemes["hmac"](
        received(sender, Platform.VAPI, 0), [sender.secrets[0].encode()], sender.options
    )


@pytest.mark.parametrize("platform", TELLERS)
@pytest.mark.parametrize("index", range(len(SCRIPTS)))
def test_every_webhook_is_about_its_call_and_understood(platform: Platform, index: int) -> None:
    story = STORIES[index]
    for event in range(len(TELLERS[platform].webhooks(story))):
        got = received(connection(platform), platform, index, event)
        identity = SOURCES[platform].identify(got)

        assert identity is not None
        assert identity.call_id == TELLERS[platform].call_id(story)

        facts = NORMALISERS[platform](
            Envelope(
                event_id=identity.event_id,
                platform=platform,
                connection="c",
                tenant="t",
                call_id=identity.call_id,
                event_type=identity.event_type,
                received_at=0,
                content_type=got.content_type,
                body=got.body,
            )
        )
        assert facts is not None


@given(seed=st.integers(0, 2**32), count=st.integers(1, 20))
def test_a_plan_holds_every_webhook_and_some_of_them_again(seed: int, count: int) -> None:
    senders = [connection(platform) for platform in TELLERS]
    told = stories(count, seed=seed, now=NOW)
    posts = plan(told, senders, TELLERS, seed=seed)

    first = Counter((post.connection.platform, post.webhook.id) for post in posts if not post.again)
    again = Counter((post.connection.platform, post.webhook.id) for post in posts if post.again)
    expected = Counter(
        (senders[index % len(senders)].platform, webhook.id)
        for index, story in enumerate(told)
        for webhook in TELLERS[senders[index % len(senders)].platform].webhooks(story)
    )
    assert first == expected
    assert set(again) <= set(first)
    assert set(again.values()) <= {1}


@pytest.mark.parametrize(
    ("words", "chosen"), [((), ["vapi", "telnyx-own"]), (("all",), ["vapi", "telnyx-own"]), (("telnyx",), ["telnyx"])]
)
def test_a_connection_that_only_the_vendor_can_sign_for_is_passed_over(
    tmp_path: Path, words: tuple[str, ...], chosen: list[str]
) -> None:
    config = tmp_path / "aftercall.toml"
    rows = (
        ("vapi", "vapi", "s"),
        ("telnyx", "telnyx", b64encode(bytes(32)).decode()),
        ("telnyx-own", "telnyx", make_secret(Platform.TELNYX)),
    )
    tables = [
        f'[[connections]]\nid = "{name}"\ntenant = "acme"\nplatform = "{platform}"\nsecrets = ["{secret}"]\n'
        for name, platform, secret in rows
    ]
    config.write_text("".join(['[[tenants]]\nid = "acme"\nname = "Acme"\n', *tables]))

    assert [row.id for row in choose(config, words)] == chosen
