"""TLS, DTLS and X.509 as bytes, for the tests of whatever reads them."""

import struct
from collections.abc import Iterable, Sequence

TLS12_CBC = 0xC013  # TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA
RANDOM = bytes(range(32))
RETRY = bytes.fromhex("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c")
CCS = b"\x14\x03\x03\x00\x01\x01"


def block(data: bytes, width: int) -> bytes:
    return len(data).to_bytes(width, "big") + data


def numbers(values: Iterable[int]) -> bytes:
    return b"".join(struct.pack(">H", value) for value in values)


def record(content: bytes, kind: int = 22, version: int = 0x0303) -> bytes:
    return struct.pack(">BHH", kind, version, len(content)) + content


def message(kind: int, body: bytes = b"") -> bytes:
    return bytes([kind]) + block(body, 3)


def extension(kind: int, content: bytes = b"") -> bytes:
    return struct.pack(">H", kind) + block(content, 2)


def sni(name: bytes) -> bytes:
    return extension(0, block(b"\0" + block(name, 2), 2))


def alpn(*names: bytes) -> bytes:
    return extension(16, block(b"".join(block(name, 1) for name in names), 2))


def client_hello(
    *extensions: bytes,
    version: int = 0x0303,
    ciphers: Sequence[int] = (0x1301, TLS12_CBC),
    session_id: bytes = b"",
    cookie: bytes | None = None,
) -> bytes:
    """The body of the message; with a cookie it is DTLS's."""
    return (
        struct.pack(">H", version)
        + RANDOM
        + block(session_id, 1)
        + (b"" if cookie is None else block(cookie, 1))
        + block(numbers(ciphers), 2)
        + b"\x01\x00"
        + (block(b"".join(extensions), 2) if extensions else b"")
    )


def server_hello(
    *extensions: bytes,
    version: int = 0x0303,
    cipher: int = TLS12_CBC,
    session_id: bytes = b"",
    random: bytes = RANDOM,
) -> bytes:
    return (
        struct.pack(">H", version)
        + random
        + block(session_id, 1)
        + struct.pack(">HB", cipher, 0)
        + (block(b"".join(extensions), 2) if extensions else b"")
    )


def certificates(*ders: bytes) -> bytes:
    return block(b"".join(block(der, 3) for der in ders), 3)


def dtls_record(content: bytes, kind: int = 22, epoch: int = 0, version: int = 0xFEFD) -> bytes:
    return struct.pack(">BHHHIH", kind, version, epoch, 0, 0, len(content)) + content


def dtls_message(kind: int, body: bytes, number: int = 0) -> bytes:
    return dtls_fragment(kind, body, number, 0, len(body))


def dtls_fragment(kind: int, body: bytes, number: int, start: int, end: int) -> bytes:
    head = bytes([kind]) + len(body).to_bytes(3, "big") + struct.pack(">H", number)
    return head + start.to_bytes(3, "big") + (end - start).to_bytes(3, "big") + body[start:end]


# X.509


def der(tag: int, *parts: bytes) -> bytes:
    content = b"".join(parts)
    if len(content) < 0x80:
        return bytes([tag, len(content)]) + content
    size = len(content).to_bytes((len(content).bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(size)]) + size + content


def attribute(oid: bytes, value: bytes, tag: int = 0x0C) -> bytes:
    return der(0x30, der(0x06, oid), der(tag, value))


def name(*attributes: bytes) -> bytes:
    return der(0x30, *(der(0x31, one) for one in attributes))


CN, ORGANISATION, COUNTRY = b"\x55\x04\x03", b"\x55\x04\x0a", b"\x55\x04\x06"
ISSUER = name(attribute(COUNTRY, b"DE", 0x13), attribute(ORGANISATION, b"Maker"), attribute(CN, b"Maker CA"))


def certificate(
    subject: bytes,
    *,
    issuer: bytes = ISSUER,
    not_after: bytes = b"310203040506Z",
    time_tag: int = 0x17,
    names: Sequence[bytes] = (),
    version: bool = True,
) -> bytes:
    algorithm = der(0x30, der(0x06, b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b"), der(0x05))
    extensions = b""
    if names:
        alternatives = der(0x30, der(0x06, b"\x55\x1d\x11"), der(0x04, der(0x30, *(der(0x82, one) for one in names))))
        usage = der(0x30, der(0x06, b"\x55\x1d\x0f"), der(0x01, b"\xff"), der(0x04, b"\x03\x02\x05\xa0"))
        extensions = der(0xA3, der(0x30, usage, alternatives))
    inner = der(
        0x30,
        der(0xA0, der(0x02, b"\x02")) if version else b"",
        der(0x02, b"\x01"),
        algorithm,
        issuer,
        der(0x30, der(0x17, b"210203040506Z"), der(time_tag, not_after)),
        subject,
        der(0x30, algorithm, der(0x03, b"\0key")),
        extensions,
    )
    return der(0x30, inner, algorithm, der(0x03, b"\0signature"))


CAMERA = certificate(
    name(attribute(ORGANISATION, b"Maker"), attribute(CN, b"cam.example")), names=[b"cam.example", b"*.cam.example"]
)
