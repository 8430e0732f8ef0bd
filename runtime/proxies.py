"""Which peers are proxies of ours: from them alone `X-Forwarded-*` is believed."""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Any, Final

from runtime.errors import Misconfigured

Trusted = Callable[[str], bool]
"""Whether the peer at an address is a proxy of ours."""

ANYBODY: Final = "*"
_SCHEMES: Final = frozenset({"http", "https"})


def trusted_by(proxies: Sequence[str]) -> Trusted:
    """Return who is trusted: addresses and networks, `*` for anybody; raises `Misconfigured` for what is neither."""
    if ANYBODY in proxies:
        return lambda _peer: True
    networks = [_network(proxy) for proxy in proxies]

    @lru_cache(maxsize=1024)
    def trusted(peer: str) -> bool:
        try:
            address = ip_address(peer)
        except ValueError:
            return False
        return any(address in network for network in networks)

    return trusted


def _network(proxy: str) -> IPv4Network | IPv6Network:
    try:
        return ip_network(proxy, strict=False)
    except ValueError:
        raise Misconfigured(
            f"AFTERCALL_TRUSTED_PROXIES: {proxy!r} is no address or network; write 10.0.0.7, 10.0.0.0/8 or *.",
        ) from None


def origin(scope: Mapping[str, Any], *, header: Callable[[bytes], bytes | None], trusted: Trusted) -> str:
    """Return scheme and host as the client called them: an ASGI *scope* and its last *header* of a name tell.

    A trusted proxy tells better.
    """
    scheme, host = scope["scheme"], _first(header(b"host"))
    client = scope.get("client")
    if client and trusted(client[0]):
        forwarded = _first(header(b"x-forwarded-proto")).lower()
        scheme = forwarded if forwarded in _SCHEMES else scheme
        host = _first(header(b"x-forwarded-host")) or host
    return f"{scheme}://{host}"


def _first(value: bytes | None) -> str:
    """Return the first of what several proxies may have added: what the client itself called."""
    return (value or b"").split(b",")[0].strip().decode("latin-1")
