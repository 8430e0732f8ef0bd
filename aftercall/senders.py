"""What a person must know to connect a platform: where its URL is entered, and whose its secret is."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from schemas.words import Platform


class Sender(NamedTuple):
    """One platform's row; `vendor_secret` tells what the vendor calls the secret that only it can give, None: ours.

    `also` is the second proof that we ask for, with a secret of ours, where the vendor's covers little of the body.
    """

    place: str
    vendor_secret: str | None = None
    also: str | None = None


SENDERS: Final[Mapping[Platform, Sender]] = {
    Platform.VAPI: Sender("the assistant's (or organisation's) Server URL, with the secret as its server secret"),
    Platform.RETELL: Sender("the agent's (or account's) Webhook URL", "the API key with the webhook badge"),
    Platform.ELEVENLABS: Sender("the workspace's post-call webhook", "the webhook's secret (wsec_…)"),
    Platform.BLAND: Sender(
        "`webhook` of the call, number or persona", "the webhook signing secret of the account's keys"
    ),
    Platform.TWILIO: Sender("the status callback of the number or call", "the account's auth token"),
    Platform.ULTRAVOX: Sender("a webhook of the account, or the call's callbacks", "the webhook's secret"),
    Platform.SYNTHFLOW: Sender("the agent's external webhook URL", "the workspace's webhook secret", "path"),
    Platform.MILLIS: Sender("`session_data_webhook` of the agent, with the header Authorization: Bearer SECRET"),
    Platform.LIVEKIT: Sender(
        "the project's webhooks (or `webhook.urls` of the server)", "the API secret of the signing key"
    ),
    Platform.VONAGE: Sender("the application's Voice event URL, with signed webhooks on", "the signature secret"),
    Platform.TELNYX: Sender("the webhook URL of the connection or assistant", "the account's public key"),
    Platform.DAILY: Sender("POST /webhooks of Daily's API, with the secret as `hmac`"),
    Platform.OMICALL: Sender("the call webhook's URL, with ?key=SECRET behind it"),
    Platform.TANYI: Sender("the callback URL, with /SECRET behind it"),
    Platform.ZENICALL: Sender("the call-log webhook, with the secret in the header X-Vapi-Secret"),
    Platform.TOOLZZ: Sender("the webhook URL, with the header Authorization: Bearer SECRET"),
    Platform.ROBOTAPPEL: Sender("the webhook URL, with the header Authorization: Bearer SECRET"),
    Platform.STANDARD: Sender("your own sender, which signs as Standard Webhooks says"),
}
