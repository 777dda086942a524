"""Fingerprints of TLS hellos: JA3 and JA3S (Althouse, Atkinson, Atkins 2017) and JA4 (FoxIO 2023).

All of them leave out the values of RFC 8701, which clients draw at random.
"""

import hashlib
from collections.abc import Iterable
from typing import Final

from botwarden.protocols.hellos import ClientHello, ServerHello
from botwarden.protocols.tls_names import GREASE

_SERVER_NAME: Final = 0x0000
_ALPN: Final = 0x0010
_JA4_VERSIONS: Final = {
    0x0304: "13", 0x0303: "12", 0x0302: "11", 0x0301: "10", 0x0300: "s3", 0x0002: "s2",
    0xFEFF: "d1", 0xFEFD: "d2", 0xFEFC: "d3",
}  # fmt: skip
_NOTHING: Final = "0" * 12


def ja3(hello: ClientHello) -> str:
    """JA3 of a client's hello: the MD5 of version, suites, extensions, groups and point formats, in its order."""
    return _md5(
        f"{hello.version},{_dashed(hello.ciphers)},{_dashed(hello.extensions)},"
        f"{_dashed(hello.groups)},{_dashed(hello.point_formats)}"
    )


def ja3s(hello: ServerHello) -> str:
    """JA3S of a server's hello: the MD5 of version, suite and extensions."""
    return _md5(f"{hello.version},{hello.cipher},{_dashed(hello.extensions)}")


def ja4(hello: ClientHello, transport: str) -> str:
    """JA4 of a client's hello: ``t13d1516h2_8daaf6152771_e5627efa2ab1``.

    transport : ``t`` for TCP, ``d`` for DTLS, ``q`` for QUIC
    """
    ciphers = _meant(hello.ciphers)
    extensions = _meant(hello.extensions)
    version = max(_meant(hello.supported_versions), default=hello.version, key=_age)
    head = (
        f"{transport}{_JA4_VERSIONS.get(version, '00')}{'d' if _SERVER_NAME in extensions else 'i'}"
        f"{min(len(ciphers), 99):02}{min(len(extensions), 99):02}{_alpn_ends(hello.alpn)}"
    )
    named = sorted(f"{value:04x}" for value in extensions if value not in (_SERVER_NAME, _ALPN))
    text = ",".join(named)
    signatures = _meant(hello.signatures)
    if signatures:
        text += "_" + ",".join(f"{value:04x}" for value in signatures)
    suites = _sha12(",".join(sorted(f"{value:04x}" for value in ciphers))) if ciphers else _NOTHING
    return f"{head}_{suites}_{_sha12(text) if named else _NOTHING}"


def _age(version: int) -> int:
    """Orders versions; DTLS's count downwards, so that 1.3 is the highest of both."""
    return 0xFFFF - version if version >> 8 == 0xFE else version


def _alpn_ends(protocols: tuple[bytes, ...]) -> str:
    """First and last character of the first protocol offered; of its digits where one is neither letter nor digit."""
    first = protocols[0] if protocols else b""
    if not first:
        return "00"
    ends = bytes((first[0], first[-1]))
    if ends.isalnum():
        return ends.decode("ascii")
    digits = first.hex()
    return digits[0] + digits[-1]


def _meant(values: Iterable[int]) -> list[int]:
    return [value for value in values if value not in GREASE]


def _dashed(values: Iterable[int]) -> str:
    return "-".join(str(value) for value in values if value not in GREASE)


def _md5(text: str) -> str:
    return hashlib.md5(text.encode("ascii"), usedforsecurity=False).hexdigest()


def _sha12(text: str) -> str:
    return hashlib.sha256(text.encode("ascii")).hexdigest()[:12]
