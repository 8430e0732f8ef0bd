"""What a person must know to connect a platform: where its URL is entered, and whose its secret is."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from schemas.words import Platform


class Sender(NamedTuple):
    """One platform's row; `vendor_secret` tells what the vendor calls the secret that only it can give, None: ours.

    `also` is the second proof that we ask for, with a secret of ours, where the vendor's covers little of the body;
    `trap` is what costs calls where nobody minds it.
    """

    place: str
    vendor_secret: str | None = None
    also: str | None = None
    trap: str | None = None


_NO_HEADER: Final = 'where it sends no header of yours, options = { scheme = "path" } takes the secret behind the URL'

SENDERS: Final[Mapping[Platform, Sender]] = {
    Platform.VAPI: Sender(
        "the Server URL of the assistant, phone number or organisation, with the secret as its server secret",
        trap="Vapi does not try again unless the server has a backoffPlan: give it one",
    ),
    Platform.RETELL: Sender(
        "the Webhook URL of the account, or of an agent, which then sends there only",
        "the API key with the webhook badge",
    ),
    Platform.ELEVENLABS: Sender(
        "the workspace's settings, post-call webhook with HMAC: transcript, audio, call initiation failure",
        "the webhook's secret (wsec_…), shown once",
        trap="switch retries on: they are off at first",
    ),
    Platform.BLAND: Sender(
        "`webhook` of the call (POST /v1/calls), the inbound number, the persona or the pathway",
        "the webhook signing secret (account settings, Keys, Replace Secret)",
        trap="without a signing secret Bland signs nothing and is refused",
    ),
    Platform.TWILIO: Sender(
        "Call status changes of the number, or StatusCallback of the call; recordings and AMD may come here too",
        "the account's auth token",
        trap="put #rc=3&rp=all behind the URL, or Twilio does not try again; behind a proxy set options.public_url",
    ),
    Platform.ULTRAVOX: Sender(
        "a webhook of the account, or the call's callbacks",
        "the webhook's secret",
        trap="take call.ended and call.billed both: the billing comes later",
    ),
    Platform.SYNTHFLOW: Sender(
        "the agent's external webhook URL (external_webhook_url)",
        "the workspace's webhook secret",
        "path",
        trap="its header has underscores: nginx drops it unless underscores_in_headers is on",
    ),
    Platform.MILLIS: Sender(
        "`session_data_webhook` of the agent: url, and headers with Authorization: Bearer SECRET",
    ),
    Platform.LIVEKIT: Sender(
        "the project's webhooks (or `webhook.urls` of a server of your own)", "the API secret of the signing key"
    ),
    Platform.VONAGE: Sender(
        "the Event URL (POST) of the voice application, with signed webhooks on", "the account's signature secret"
    ),
    Platform.TELNYX: Sender(
        "the webhook URL of the voice application or the assistant",
        "the public key (Keys & Credentials, Public Key)",
        trap="TeXML's call-backs are forms in Twilio's manner: they do not belong here",
    ),
    Platform.DAILY: Sender("POST /webhooks of Daily's API, with the secret as `hmac`"),
    Platform.OMICALL: Sender("the call webhook (POST /api/webhooks/register): ringing, answered, hangup"),
    Platform.TANYI: Sender("the call-back URL, with /SECRET behind it"),
    Platform.ZENICALL: Sender(
        "the call-log webhook, with the secret in the header X-Vapi-Secret",
        trap='path = "/api/v1/call-logs/webhook" of the connection keeps the product\'s own path and its answer 202',
    ),
    Platform.TOOLZZ: Sender(
        "`webhookUrl` of the voice bot, with the header Authorization: Bearer SECRET", trap=_NO_HEADER
    ),
    Platform.ROBOTAPPEL: Sender("the webhook URL, with the header Authorization: Bearer SECRET", trap=_NO_HEADER),
    Platform.STANDARD: Sender("your own sender, which signs as Standard Webhooks says"),
}
