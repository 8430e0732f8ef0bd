"""A proof holds for what was signed, when it was signed, with the connection's secret, and for nothing else."""

from typing import Any

import pytest

from ingest.errors import Stale
from ingest.platforms import retell, standard, vapi
from runtime.config import Options
from tests.pure.requests import from_vector, vectors

HOUR_MS = 3_600_000

SVIX = Options(
    scheme="hmac",
    header="webhook-signature",
    timestamp_header="webhook-timestamp",
    message_id_header="webhook-id",
    format="{svix-id}.{timestamp}.{body}",
    encoding="base64",
    prefix="v1,",
    secret_base64=True,
)

PROOFS = [
    pytest.param(retell.signed, Options(), vectors("retell")[0], id="retell"),
    pytest.param(vapi.signed, Options(scheme="hmac"), vectors("vapi")[0], id="vapi hmac"),
    pytest.param(vapi.secret, Options(), vectors("vapi")[1], id="vapi secret"),
    pytest.param(standard.signed, Options(), vectors("standard-webhooks")[0], id="standard"),
    pytest.param(vapi.signed, SVIX, vectors("standard-webhooks")[0], id="vapi like svix"),
]


@pytest.mark.parametrize(("proof", "options", "vector"), PROOFS)
def test_the_documented_signature_holds(proof: Any, options: Options, vector: dict[str, Any]) -> None:
    proof(from_vector(vector), [b"another", vector["secret"].encode()][vector["secret"].startswith("whsec") :], options)


def test_a_signature_of_an_hour_ago_is_stale() -> None:
    vector = vectors("retell")[0]
    request = from_vector(vector)
    later = from_vector(
        vector, now=request.now.fromtimestamp(request.now.timestamp() + HOUR_MS / 1000, request.now.tzinfo)
    )

    with pytest.raises(Stale):
        retell.signed(later, [vector["secret"].encode()], Options())
