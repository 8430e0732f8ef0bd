"""Requests as ingest receives them, named by what matters; and the moment at which the signature vectors hold."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from ingest.headers import Headers
from ingest.source import Received

FIXTURES: Final = Path(__file__).parent.parent / "fixtures"
_VECTORS: Final = json.loads((FIXTURES / "signature-vectors.json").read_text())
SIGNED_AT: Final = datetime.fromtimestamp(_VECTORS["timestamp_s"], UTC)


def vectors(platform: str) -> list[dict[str, Any]]:
    """Return the signature vectors whose platform begins with *platform*."""
    return [vector for vector in _VECTORS["vectors"] if vector["platform"].split(" ")[0] == platform]


def received(
    body: bytes = b"{}",
    *,
    headers: Mapping[str, str] | Sequence[tuple[str, str]] = (),
    method: str = "POST",
    url: str = "https://hooks.example.com/webhooks/acme",
    path_secret: str | None = None,
    query: bytes = b"",
    content_type: str = "application/json",
    now: datetime = SIGNED_AT,
) -> Received:
    """Return a request; *headers* are a mapping, or pairs where one comes twice."""
    pairs = headers.items() if isinstance(headers, Mapping) else headers
    return Received(
        method=method,
        url=url,
        path_secret=path_secret,
        query=query,
        headers=Headers([(name.lower().encode(), value.encode("latin-1")) for name, value in pairs]),
        content_type=content_type,
        body=body,
        now=now,
    )


def from_vector(vector: Mapping[str, Any], **changes: Any) -> Received:
    """Return the request that *vector* describes."""
    return received(vector["raw_body"].encode(), headers=vector["headers"], **changes)
