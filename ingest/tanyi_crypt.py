"""Tanyi's encrypted call-backs: a SHA-1 over token, time, nonce and text, round AES-256-CBC with a length inside."""

import binascii
import hmac
from base64 import b64decode
from collections.abc import Iterator, Sequence
from hashlib import sha1
from typing import Final, NamedTuple
from urllib.parse import parse_qsl, unquote
from xml.etree.ElementTree import ParseError

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from ingest.errors import Forged, Unreadable, Unsigned
from ingest.source import Received

PARAMETERS: Final = ("msg_signature", "timestamp", "nonce")
KEY_CHARACTERS: Final = 43  # of an encodingAesKey: 32 bytes in base64 less its padding
_RANDOM: Final = 16  # bytes before the length
_LENGTH: Final = 4  # bytes of the length, big-endian
_BLOCK: Final = 32  # PKCS#7's block, which is not AES's own
_LAYERS: Final = 2  # of URL encoding that the vendor's text may still be in
_MOST_PARAMETERS: Final = 100


class Credential(NamedTuple):
    """One secret, `TOKEN:ENCODING_AES_KEY`."""

    token: bytes
    key: bytes


class Encrypted(NamedTuple):
    """What a request carries, unverified."""

    signature: str
    timestamp: str
    nonce: str
    text: str


def credentials(secrets: Sequence[bytes]) -> Iterator[Credential]:
    """Yield the secrets that are well-formed; `check_connections` tells of the others."""
    for secret in secrets:
        token, colon, key = secret.rpartition(b":")
        if colon and token and len(key) == KEY_CHARACTERS:
            try:
                yield Credential(token, b64decode(key + b"=", validate=True))
            except binascii.Error:
                continue


def encrypted(received: Received) -> Encrypted:
    """Return what the query and the XML (of a GET: `echostr`) carry; raise `Unsigned`, `Forged` or `Unreadable`."""
    given: dict[str, str] = {}
    try:
        pairs = parse_qsl(received.query.decode("ascii"), keep_blank_values=True, max_num_fields=_MOST_PARAMETERS)
    except ValueError:
        raise Forged("The query cannot be read.") from None
    for name, value in pairs:
        if name in given:
            raise Forged(f"The parameter {name} came twice.")
        given[name] = value
    if not all(given.get(name) for name in PARAMETERS):
        raise Unsigned("msg_signature, timestamp and nonce are needed in the query.")
    text = given.get("echostr", "").replace(" ", "+") if received.method == "GET" else _of_xml(received.body)
    return Encrypted(given["msg_signature"], given["timestamp"], given["nonce"], _unquoted(text))


def opened(received: Received, secrets: Sequence[bytes]) -> bytes:
    """Return the plain text if one of *secrets* signed and encrypted it; raise `Forged` if none did."""
    carried = encrypted(received)
    matching = [
        each for each in credentials(secrets) if hmac.compare_digest(_signature(each, carried), _given(carried))
    ]
    if not matching:
        raise Forged("The signature does not match.")
    return _decrypted(carried.text, matching[0].key)


def _given(carried: Encrypted) -> bytes:
    return carried.signature.encode("utf-8", "surrogateescape")


def _signature(credential: Credential, carried: Encrypted) -> bytes:
    parts = sorted([credential.token, *(part.encode() for part in (carried.timestamp, carried.nonce, carried.text))])
    return sha1(b"".join(parts)).hexdigest().encode()  # noqa: S324 - the vendor's scheme


def _decrypted(text: str, key: bytes) -> bytes:
    """Return what is inside; every fault is the same refusal, so that none tells how near a forgery came."""
    wrong = Forged("The text cannot be decrypted.")
    try:
        sealed = b64decode(text, validate=True)
        decryptor = Cipher(AES(key), CBC(key[:16])).decryptor()
        plain = decryptor.update(sealed) + decryptor.finalize()
    except (ValueError, binascii.Error):
        raise wrong from None
    padding = plain[-1] if plain else 0
    if not 1 <= padding <= _BLOCK or plain[-padding:] != bytes([padding]) * padding:
        raise wrong
    content = plain[:-padding]
    length = int.from_bytes(content[_RANDOM : _RANDOM + _LENGTH], "big")
    # What follows is the receiver's id, which is empty: anything else was meant for somebody else.
    if len(content) != _RANDOM + _LENGTH + length:
        raise wrong
    return content[_RANDOM + _LENGTH :]


def _of_xml(body: bytes) -> str:
    try:
        text = fromstring(body, forbid_dtd=True).findtext("Encrypt")
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        raise Unreadable("The body is not XML with an element Encrypt.") from None
    if not text or not text.strip():
        raise Unreadable("The XML has no element Encrypt.")
    return str(text).strip()


def _unquoted(text: str) -> str:
    """Take off the layers of URL encoding; a text without `%` is never touched, for its `+` would become a blank."""
    for _ in range(_LAYERS):
        if "%" not in text:
            break
        text = unquote(text)
    return text
