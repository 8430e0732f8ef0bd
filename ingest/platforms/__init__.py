"""One module a platform: how it proves who sends, what its webhook speaks of, what must be cut out."""

from collections.abc import Mapping
from typing import Final

from ingest.platforms import (
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
from ingest.source import Source
from schemas.words import Platform

SOURCES: Final[Mapping[Platform, Source]] = {
    Platform.VAPI: vapi.SOURCE,
    Platform.RETELL: retell.SOURCE,
    Platform.ELEVENLABS: elevenlabs.SOURCE,
    Platform.BLAND: bland.SOURCE,
    Platform.TWILIO: twilio.SOURCE,
    Platform.ULTRAVOX: ultravox.SOURCE,
    Platform.SYNTHFLOW: synthflow.SOURCE,
    Platform.MILLIS: millis.SOURCE,
    Platform.LIVEKIT: livekit.SOURCE,
    Platform.VONAGE: vonage.SOURCE,
    Platform.TELNYX: telnyx.SOURCE,
    Platform.DAILY: daily.SOURCE,
    Platform.OMICALL: omicall.SOURCE,
    Platform.TANYI: tanyi.SOURCE,
    Platform.ZENICALL: zenicall.SOURCE,
    Platform.TOOLZZ: toolzz.SOURCE,
    Platform.ROBOTAPPEL: robotappel.SOURCE,
    Platform.STANDARD: standard.SOURCE,
}
