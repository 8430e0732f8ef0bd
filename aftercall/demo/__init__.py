"""Realistic signed webhooks for a running service, one row a platform: what a newcomer sees first."""

from collections.abc import Mapping
from typing import Final

from aftercall.demo import (
    bland,
    daily,
    elevenlabs,
    livekit,
    millis,
    omicall,
    retell,
    robotappel,
    standard,
    synthflow,
    tanyi,
    telnyx,
    toolzz,
    twilio,
    ultravox,
    vapi,
    vonage,
    zenicall,
)
from aftercall.demo.webhook import Teller
from schemas.words import Platform

TELLERS: Final[Mapping[Platform, Teller]] = {
    Platform.VAPI: vapi.TELLER,
    Platform.RETELL: retell.TELLER,
    Platform.ELEVENLABS: elevenlabs.TELLER,
    Platform.BLAND: bland.TELLER,
    Platform.TWILIO: twilio.TELLER,
    Platform.ULTRAVOX: ultravox.TELLER,
    Platform.SYNTHFLOW: synthflow.TELLER,
    Platform.MILLIS: millis.TELLER,
    Platform.LIVEKIT: livekit.TELLER,
    Platform.VONAGE: vonage.TELLER,
    Platform.TELNYX: telnyx.TELLER,
    Platform.DAILY: daily.TELLER,
    Platform.OMICALL: omicall.TELLER,
    Platform.TANYI: tanyi.TELLER,
    Platform.ZENICALL: zenicall.TELLER,
    Platform.TOOLZZ: toolzz.TELLER,
    Platform.ROBOTAPPEL: robotappel.TELLER,
    Platform.STANDARD: standard.TELLER,
}
