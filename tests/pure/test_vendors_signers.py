"""What the vendors' own libraries sign, we take."""

from datetime import timedelta

import pytest
import standardwebhooks
import svix
from retell.lib.webhook_auth import symmetric

from ingest.errors import Forged
from ingest.platforms import retell, standard
from runtime.config import Options
from tests.pure.requests import SIGNED_AT, received

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
