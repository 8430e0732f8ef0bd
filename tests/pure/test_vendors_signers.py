"""What the vendors' own libraries sign, we take."""

from base64 import b64encode
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
import standardwebhooks
import svix
import vonage_jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from livekit.api import AccessToken, TokenVerifier
from retell.lib.webhook_auth import symmetric
from telnyx.lib.webhook_verification import verify_webhook_signature

from aftercall.demo import telnyx as telnyx_demo
from aftercall.demo.webhook import Webhook
from ingest.errors import Forged
from ingest.platforms import livekit, retell, standard, telnyx, vonage
from runtime.config import Options
from tests.pure.requests import SIGNED_AT, from_vector, received, vectors

LIVEKIT_SECRET = "livekit-secret-0123456789abcdef0123456789"
BODY = '{"event":"call_ended","call":{"call_id":"é ✓"}}'
WHSEC = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3"
NOW_MS = int(SIGNED_AT.timestamp() * 1000)


def test_retells_sdk() -> None:
    signature = symmetric["sign"](BODY, "key", NOW_MS)

    retell.signed(received(BODY.encode(), headers={"X-Retell-Signature": signature}), [b"key"], Options())


@pytest.mark.parametrize("webhook", [standardwebhooks.Webhook, svix.Webhook])
def test_standard_webhooks_libraries(webhook: type[standardwebhooks.Webhook] | type[svix.Webhook]) -> None:
    signature = webhook(WHSEC).sign("msg_1", SIGNED_AT, BODY)
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": f"{NOW_MS // 1000}",
        "webhook-signature": f"v1,x {signature}",
    }

    standard.signed(received(BODY.encode(), headers=headers), [WHSEC.encode()], Options())

    late = received(BODY.encode(), headers=headers, now=SIGNED_AT + timedelta(seconds=301))
    with pytest.raises(Forged):
        standard.signed(late, [WHSEC.encode()], Options())


def test_livekits_sdk() -> None:
    body = '{"event":"room_finished","id":"EV_1","room":{"sid":"RM_1"},"createdAt":"1789000060"}'
    digest = b64encode(sha256(body.encode()).digest()).decode()
    token = AccessToken("APItest", LIVEKIT_SECRET).with_sha256(digest).with_ttl(timedelta(minutes=5)).to_jwt()
    options = Options(api_key="APItest")

    signed_now = received(body.encode(), headers={"Authorization": token}, now=datetime.now(UTC))
    livekit.signed(signed_now, [LIVEKIT_SECRET.encode()], options)

    other = received(body.replace("EV_1", "EV_2").encode(), headers={"Authorization": token}, now=datetime.now(UTC))
    with pytest.raises(Forged):
        livekit.signed(other, [LIVEKIT_SECRET.encode()], options)


def test_what_livekits_sdk_takes_we_take() -> None:
    [vector] = vectors("livekit")
    token = vector["headers"]["Authorization"]

    claims = TokenVerifier(vector["api_key"], vector["secret"]).verify(token, verify_signature=False)

    assert claims.sha256 == b64encode(sha256(vector["raw_body"].encode()).digest()).decode()
    livekit.signed(from_vector(vector), [vector["secret"].encode()], Options(api_key=vector["api_key"]))


def test_what_vonages_sdk_takes_we_take_but_only_with_its_body() -> None:
    [vector] = vectors("vonage")
    token = vector["headers"]["Authorization"].removeprefix("Bearer ")

    assert vonage_jwt.verify_signature(token, vector["secret"])
    vonage.signed(from_vector(vector), [vector["secret"].encode()], Options())

    other = received(b"{}", headers=vector["headers"])
    with pytest.raises(Forged):
        vonage.signed(other, [vector["secret"].encode()], Options())


def test_what_we_sign_for_telnyx_its_sdk_takes() -> None:
    seed = "seed:" + b64encode(bytes(range(32))).decode()
    public = Ed25519PrivateKey.from_private_bytes(bytes(range(32))).public_key().public_bytes_raw()
    now = datetime.now(UTC)
    headers = telnyx_demo.sign(Webhook(id="e", body=BODY.encode()), seed, Options(), now)

    verify_webhook_signature(BODY, headers, b64encode(public).decode())
    for secret in (seed, b64encode(public).decode()):
        telnyx.signed(received(BODY.encode(), headers=headers, now=now), [secret.encode()], Options())
