"""Realistic signed webhooks for a running service, one row a platform: what a newcomer sees first."""

from collections.abc import Mapping
from typing import Final

from aftercall.demo import retell, standard, vapi
from aftercall.demo.webhook import Teller
from schemas.words import Platform

TELLERS: Final[Mapping[Platform, Teller]] = {
    Platform.VAPI: vapi.TELLER,
    Platform.RETELL: retell.TELLER,
    Platform.STANDARD: standard.TELLER,
}
