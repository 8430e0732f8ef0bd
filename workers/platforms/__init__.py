"""One module a platform: what its webhook says about a call, as a pure function from bytes to facts."""

from collections.abc import Mapping
from typing import Final

from schemas.words import Platform
from workers.normaliser import Normalise
from workers.platforms import (
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

NORMALISERS: Final[Mapping[Platform, Normalise]] = {
    Platform.BLAND: bland.normalise,
    Platform.DAILY: daily.normalise,
    Platform.ELEVENLABS: elevenlabs.normalise,
    Platform.LIVEKIT: livekit.normalise,
    Platform.MILLIS: millis.normalise,
    Platform.OMICALL: omicall.normalise,
    Platform.RETELL: retell.normalise,
    Platform.ROBOTAPPEL: robotappel.normalise,
    Platform.STANDARD: standard.normalise,
    Platform.SYNTHFLOW: synthflow.normalise,
    Platform.TANYI: tanyi.normalise,
    Platform.TELNYX: telnyx.normalise,
    Platform.TOOLZZ: toolzz.normalise,
    Platform.TWILIO: twilio.normalise,
    Platform.ULTRAVOX: ultravox.normalise,
    Platform.VAPI: vapi.normalise,
    Platform.VONAGE: vonage.normalise,
    Platform.ZENICALL: zenicall.normalise,
}
