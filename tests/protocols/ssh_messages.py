"""SSH as bytes, for the tests of whatever reads it."""

import struct
from collections.abc import Sequence

from botwarden.protocols.ssh import Algorithms
from botwarden.protocols.ssh_login import Layout

CHACHA = ("chacha20-poly1305@openssh.com", "umac-64-etm@openssh.com")
CTR = ("aes128-ctr", "hmac-sha2-256")
ETM = ("aes128-ctr", "hmac-sha2-256-etm@openssh.com")
GCM = ("aes256-gcm@openssh.com", "hmac-sha2-256")
CBC = ("3des-cbc", "hmac-sha1")
SUITES = (CHACHA, CTR, ETM, GCM, CBC)
HOST_KEY = b"\0\0\0\x0bssh-ed25519\0\0\0\x20" + bytes(range(32))
NEWKEYS = 21


def string(data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + data


def packet(kind: int, content: bytes = b"") -> bytes:
    """One packet in the clear (RFC 4253, 6)."""
    payload = bytes([kind]) + content
    padding = 8 - (5 + len(payload)) % 8
    padding += 8 if padding < 4 else 0
    return struct.pack(">IB", 1 + len(payload) + padding, padding) + payload + b"p" * padding


def kexinit(
    kex: str = "curve25519-sha256",
    host_key: str = "ssh-ed25519",
    cipher: str = CHACHA[0],
    mac: str = CHACHA[1],
    compression: str = "none",
    to_client: tuple[str, str] | None = None,
) -> bytes:
    """The content of a KEXINIT."""
    lists = [
        kex,
        host_key,
        cipher,
        (to_client or (cipher,))[0],
        mac,
        (to_client or (0, mac))[1],
        compression,
        compression,
    ]
    return bytes(16) + b"".join(string(str(names).encode()) for names in (*lists, "", "")) + bytes(5)


def algorithms(suite: tuple[str, str], compression: str = "none") -> Algorithms:
    cipher, mac = suite
    return Algorithms(
        kex="curve25519-sha256",
        host_key="ssh-ed25519",
        ciphers=(cipher, cipher),
        macs=(mac, mac),
        compression=(compression, compression),
    )


def sealed(of: Layout, sizes: Sequence[int], extra: int = 0) -> bytes:
    """Encrypted packets of messages of some sizes; ``extra`` : bytes that are padded beyond need."""
    whole = b""
    for size in sizes:
        total = of.size(size) + extra
        head = struct.pack(">I", total - 4 - of.tag) if of.clear else b"\xee\xee\xee\xee"
        whole += head + b"\xee" * (total - 4)
    return whole
