"""A certificate authority of a test's own, and what it vouches for."""

from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from runtime.clock import utc_now

LASTS: Final = timedelta(days=1)


class Authority:
    """Signs certificates of servers at 127.0.0.1; nobody but who is given its own certificate believes it."""

    def __init__(self) -> None:
        """Make its key and its certificate."""
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _name("aftercall tests")
        constraints = x509.BasicConstraints(ca=True, path_length=0)
        own = self._begun(self._name, self._key.public_key()).add_extension(constraints, critical=True)
        self._own = own.add_extension(_usage(signs=True), critical=True).sign(self._key, SHA256())

    def write(self, to: Path) -> Path:
        """Write its certificate as PEM, for those who shall believe it."""
        to.write_bytes(self._own.public_bytes(Encoding.PEM))
        return to

    def write_server(self, to: Path) -> Path:
        """Write a new key and its certificate as PEM, for a server at 127.0.0.1."""
        key = ec.generate_private_key(ec.SECP256R1())
        alias = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
        begun = self._begun(_name("127.0.0.1"), key.public_key()).add_extension(alias, critical=False)
        certificate = begun.add_extension(_usage(signs=False), critical=True).sign(self._key, SHA256())
        private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        to.write_bytes(private + certificate.public_bytes(Encoding.PEM))
        return to

    def _begun(self, subject: x509.Name, key: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
        now = utc_now()
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - LASTS)
            .not_valid_after(now + LASTS)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False)
        )


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)])


def _usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True, key_cert_sign=signs, crl_sign=signs,
        content_commitment=False, key_encipherment=False, data_encipherment=False, key_agreement=False,
        encipher_only=False, decipher_only=False,
    )  # fmt: skip
