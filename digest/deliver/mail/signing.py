"""A signature of our own over a mail (DKIM, RFC 6376), by dkimpy: the optional extra `dkim`."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from email.parser import BytesHeaderParser
from email.utils import parsedate_to_datetime

from digest.config.mail import DkimSettings
from digest.deliver.mail.addresses import a_labels
from digest.errors import ConfigError, DeliveryError

WHERE = "send.mail.dkim"
MISSING = "needs libraries that are not installed: pip install '.[dkim]'"
# Signed where they are there. What is signed once more than it is there cannot be added later (section 8.15).
SIGNED = (
    "From", "To", "Subject", "Date", "Message-ID", "Reply-To", "List-Id", "List-Unsubscribe", "List-Unsubscribe-Post",
    "Auto-Submitted", "Content-Language", "MIME-Version", "Content-Type",
)  # fmt: skip
ONCE_MORE = ("From",)
SHORTEST_RSA = 1024  # bits (RFC 8301, section 3.2)

_TRIAL = b"From: <a@example.org>\r\nDate: Thu, 01 Jan 2026 00:00:00 +0000\r\n\r\n\r\n"
_ED25519 = bytes.fromhex("06032b6570")  # the DER of its object identifier (RFC 8410, section 3)
_SEED = bytes.fromhex("04220420")  # what stands before the 32 bytes of the private key (RFC 8410, section 7)


def signer(settings: DkimSettings, key: bytes) -> Callable[[bytes], bytes]:
    """Give what puts DKIM-Signature in front of a mail: relaxed/relaxed, rsa-sha256 or ed25519-sha256 by the key.

    `key` is the private key in PEM (PKCS #1 or #8), or the base64 of an Ed25519 seed. The tag t= is the mail's own
    Date, so the same mail has the same signature. Raises ConfigError where the extra is missing or a setting or the
    key cannot be used, which a signature of an empty mail shows at once; the key is in no message.
    """
    try:
        import dkim  # an optional extra
        from dkim.crypto import UnparsableKeyError, parse_pem_private_key
    except ImportError:
        raise ConfigError(WHERE, MISSING) from None

    class Signature(dkim.DKIM):  # type: ignore[misc]  # dkimpy has no types
        """A signature whose time is that of its mail: dkimpy has only the clock's."""

        moment: bytes

        def gen_header(self, fields: list[tuple[bytes, bytes]], *rest: object, **more: object) -> bytes:
            told = [(tag, self.moment if tag == b"t" else value) for tag, value in fields]
            made: bytes = super().gen_header(told, *rest, **more)
            return made

    domain, selector = _domain(settings), _selector(settings)
    algorithm, private = _key(key)

    def sign(data: bytes) -> bytes:
        header = BytesHeaderParser().parsebytes(data)
        signature = Signature(data, signature_algorithm=algorithm)
        signature.moment = str(int(parsedate_to_datetime(header["Date"]).timestamp())).encode("ascii")
        names = [*(name for name in SIGNED if name in header), *ONCE_MORE]
        line: bytes = signature.sign(
            selector, domain, private, canonicalize=(b"relaxed", b"relaxed"), include_headers=names
        )
        return line + data

    try:
        if algorithm == b"rsa-sha256" and parse_pem_private_key(private)["modulus"].bit_length() < SHORTEST_RSA:
            raise ConfigError(
                f"{WHERE}.key_file", f"is an RSA key of fewer than {SHORTEST_RSA} bits; nobody accepts it"
            )
        sign(_TRIAL)
    except dkim.NaClNotFoundError:
        raise ConfigError(WHERE, MISSING) from None
    except (dkim.DKIMException, UnparsableKeyError, ValueError):
        raise ConfigError(f"{WHERE}.key_file", "is no private key that can sign: give PEM, RSA or Ed25519") from None
    return sign


def _key(key: bytes) -> tuple[bytes, bytes]:
    """Give the algorithm and the private key as dkimpy takes it: PEM for RSA, the seed in base64 for Ed25519."""
    found = re.search(rb"-----BEGIN ([A-Z ]*)PRIVATE KEY-----(.*?)-----END", key, re.DOTALL)
    if found and (b"ENCRYPTED" in found[1] or b"Proc-Type" in found[2]):
        raise ConfigError(f"{WHERE}.key_file", "is a key with a password; give one without, readable by you only")
    try:
        der = base64.b64decode(b"".join((found[2] if found else key).split()), validate=True)
    except (binascii.Error, ValueError):
        raise ConfigError(f"{WHERE}.key_file", "is no private key in PEM") from None
    if not found and len(der) == 32:
        return b"ed25519-sha256", base64.b64encode(der)
    _, seed, rest = der.partition(_SEED) if found and _ED25519 in der[:16] else (b"", b"", b"")
    if seed:
        return b"ed25519-sha256", base64.b64encode(rest[:32])
    return b"rsa-sha256", key


def _domain(settings: DkimSettings) -> bytes:
    try:
        return a_labels(settings.domain).encode("ascii")
    except DeliveryError as error:
        raise ConfigError(f"{WHERE}.domain", str(error)) from None


def _selector(settings: DkimSettings) -> bytes:
    if not re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?", settings.selector):
        raise ConfigError(f"{WHERE}.selector", f"{settings.selector!r} is no name in the DNS, such as mail2026")
    return settings.selector.encode("ascii")
