"""The addresses that people paste and call."""

from runtime.settings import Settings


def base_url(settings: Settings, *, default_port: int = 8080) -> str:
    """Return how the service is reached: `AFTERCALL_PUBLIC_URL`, else host and port."""
    if settings.public_url:
        return settings.public_url.rstrip("/")
    host = "127.0.0.1" if settings.host in {"", "0.0.0.0", "::"} else settings.host  # noqa: S104 - read, not bound
    host = f"[{host}]" if ":" in host else host
    return f"http://{host}:{default_port if settings.port is None else settings.port}"


def webhook_url(settings: Settings, path: str) -> str:
    """Return the URL that a platform posts to."""
    return base_url(settings) + path
