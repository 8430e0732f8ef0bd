"""Each platform alone: `python -m bench.platforms`; what its webhooks of 20 KB cost to verify and to understand.

Proof and peek are ingest's part (aims: 60 µs for an HMAC, 200 µs for a token or Ed25519), understanding is the worker's
(3 000 calls a second on a core). Beside them stands what building the whole body costs, which neither needs to do. The
best of many short rounds, in this process's CPU time: other processes on the machine disturb it least.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final, NamedTuple

import msgspec

from aftercall.demo import TELLERS
from aftercall.demo.proofs import request
from aftercall.demo.stories import SECONDS_A_WORD, Line, Story, stories
from aftercall.demo.webhook import Webhook
from aftercall.tokens import make_secret
from ingest.cut import Cutter
from ingest.headers import Headers
from ingest.platforms import SOURCES
from ingest.schemes import SCHEMES
from ingest.source import Received
from runtime.config import Connection
from schemas.envelope import Envelope
from schemas.words import Platform
from workers.platforms import NORMALISERS

SIZE: Final = 20_000
MOST_LINES: Final = 400
ROUNDS, TIMES = 100, 20
NOW: Final = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
WORDS: Final = (
    "could you move my appointment with the doctor to a morning later in the week please because of the trains"
)


class Costs(NamedTuple):
    """Of one webhook, in microseconds."""

    size: int
    accepted: float
    understood: float
    built: float


def measure(platform: Platform) -> Costs:
    """Return what the platform's longest webhook costs; its size is `SIZE`, or what it sends where that is less."""
    webhook = of_size(platform)
    received, envelope = arrive(platform, webhook)
    source = SOURCES[platform]
    prove = source.schemes.get(source.default_scheme) or SCHEMES[source.default_scheme]
    connection, secrets = CONNECTIONS[platform], [secret.encode() for secret in CONNECTIONS[platform].secrets]
    cut = Cutter(source.cut)

    def accept() -> None:
        prove(received, secrets, connection.options)
        source.identify(received)
        if source.cut:
            cut(received.body)

    return Costs(
        len(webhook.body),
        best(accept),
        best(lambda: NORMALISERS[platform](envelope)),
        best(lambda: msgspec.json.decode(webhook.body)) if webhook.content_type.endswith("json") else 0.0,
    )


CONNECTIONS: Final = {
    platform: Connection(id="bench", tenant="bench", platform=platform, secrets=(make_secret(platform),))
    for platform in TELLERS
}


def of_size(platform: Platform) -> Webhook:
    """Return the webhook with most words of a call with so many lines that it has about `SIZE` bytes."""
    [story] = stories(1, seed=1, now=NOW)
    for count in range(10, MOST_LINES, 4):
        webhook = max(TELLERS[platform].webhooks(talking(story, count)), key=lambda each: weight(platform, each))
        if len(webhook.body) >= SIZE:
            break
    return webhook


def weight(platform: Platform, webhook: Webhook) -> tuple[int, int]:
    """Return how many turns *webhook* tells, then how long it is: audio weighs less than words."""
    facts = NORMALISERS[platform](arrive(platform, webhook)[1])
    return len(facts.turns) if facts else 0, len(webhook.body)


def talking(story: Story, count: int) -> Story:
    """Return *story* with *count* lines."""
    seconds = SECONDS_A_WORD * len(WORDS.split())
    lines = tuple(Line(n % 2 == 0, f"{WORDS}, {n}.", n * seconds, (n + 1) * seconds) for n in range(count))
    return msgspec.structs.replace(story, lines=lines, talk_s=count * seconds)


def arrive(platform: Platform, webhook: Webhook) -> tuple[Received, Envelope]:
    """Return *webhook* as ingest receives it, and as the worker does."""
    path, headers, body = request(
        TELLERS[platform], CONNECTIONS[platform], webhook, base_url="https://hooks.example.com", now=NOW
    )
    received = Received(
        method="POST",
        url=f"https://hooks.example.com{path}",
        path_secret=path.partition("/webhooks/bench/")[2] or None,
        query=path.partition("?")[2].encode(),
        headers=Headers([(name.lower().encode(), value.encode()) for name, value in headers.items()]),
        content_type=headers["Content-Type"],
        body=body,
        now=NOW,
    )
    envelope = Envelope(
        event_id="e",
        platform=platform,
        connection="bench",
        tenant="bench",
        call_id="c",
        event_type="end",
        received_at=0,
        content_type=webhook.content_type,
        body=body,
    )
    return received, envelope


def best(work: Callable[[], object]) -> float:
    """Return the microseconds of one call of *work* in the quickest round."""
    rounds = []
    for _ in range(ROUNDS):
        began = time.process_time()
        for _ in range(TIMES):
            work()
        rounds.append(time.process_time() - began)
    return min(rounds) / TIMES * 1e6


def main() -> None:
    """Print a line a platform."""
    print(f"{'platform':12}{'bytes':>8}{'accept µs':>11}{'understand µs':>15}{'calls/s':>9}{'× building it':>15}")
    for platform in TELLERS:
        size, accepted, understood, built = measure(platform)
        ratio = f"{understood / built:.2f}" if built else "–"
        print(f"{platform:12}{size:8}{accepted:11.1f}{understood:15.1f}{1e6 / understood:9.0f}{ratio:>15}")


if __name__ == "__main__":
    main()
