"""The addresses that people paste and call."""

from typing import Final
from urllib.parse import urlsplit

from aftercall.directory import told_url
from runtime.settings import Settings

PORT: Final = 8080
QUERY_PORT: Final = 8081


def base_url(settings: Settings) -> str:
    """Return how the service is reached: `AFTERCALL_PUBLIC_URL`, the port that was set, the `up` that runs, or 8080."""
    return _url(settings, port=PORT)


def reading_url(settings: Settings) -> str:
    """Return where calls are read: as `base_url`, but at the port of `query` where processes run apart."""
    return _url(settings, port=PORT if settings.kafka is None else QUERY_PORT)


def _url(settings: Settings, *, port: int) -> str:
    if settings.public_url:
        return settings.public_url.rstrip("/")
    if settings.port is None and (running := told_url(settings.data)):
        return running
    host = "127.0.0.1" if settings.host in {"", "0.0.0.0", "::"} else settings.host  # noqa: S104 - read, not bound
    host = f"[{host}]" if ":" in host else host
    return f"http://{host}:{port if settings.port is None else settings.port}"


def webhook_url(settings: Settings, path: str) -> str:
    """Return the URL that a platform posts to."""
    return base_url(settings) + path


def is_of_here(url: str) -> bool:
    """Tell whether only this machine reaches *url*."""
    host = urlsplit(url).hostname or ""
    return host in {"localhost", "::1"} or host.startswith("127.")
