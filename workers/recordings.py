"""Where a call's recordings are, by whose voices they hold."""

from schemas.words import RecordingChannel


def recordings(
    full: str | None = None, *, customer: str | None = None, agent: str | None = None, voicemail: str | None = None
) -> dict[RecordingChannel, str]:
    """Return the URLs that there are."""
    urls = {
        RecordingChannel.FULL: full,
        RecordingChannel.CUSTOMER: customer,
        RecordingChannel.AGENT: agent,
        RecordingChannel.VOICEMAIL: voicemail,
    }
    return {channel: url for channel, url in urls.items() if url}
