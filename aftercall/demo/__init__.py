"""Realistic signed webhooks for a running service, one row a platform: what a newcomer sees first."""

from collections.abc import Mapping
from typing import Final

from aftercall.demo import bland, elevenlabs, millis, retell, robotappel, standard, synthflow, twilio, ultravox, vapi
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
    Platform.ROBOTAPPEL: robotappel.TELLER,
    Platform.STANDARD: standard.TELLER,
}
