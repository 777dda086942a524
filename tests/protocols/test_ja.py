"""The vectors are its authors' own: JA3's from github.com/salesforce/ja3, JA4's from github.com/FoxIO-LLC/ja4."""

import hashlib

import pytest

from botwarden.protocols.hellos import ClientHello, ServerHello
from botwarden.protocols.ja import ja3, ja3s, ja4

CHROME = ClientHello(
    version=0x0303,
    ciphers=(
        0x1A1A, 0x1301, 0x1302, 0x1303, 0xC02B, 0xC02F, 0xC02C, 0xC030, 0xCCA9, 0xCCA8, 0xC013, 0xC014, 0x009C, 0x009D,
        0x002F, 0x0035,
    ),
    extensions=(
        0x2A2A, 0x001B, 0x0000, 0x0033, 0x0010, 0x4469, 0x0017, 0x002D, 0x000D, 0x0005, 0x0023, 0x0012, 0x002B, 0xFF01,
        0x000B, 0x000A, 0x0015, 0x3A3A,
    ),
    signatures=(0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601),
    supported_versions=(0x4A4A, 0x0304, 0x0303),
    alpn=(b"h2", b"http/1.1"),
)  # fmt: skip
"""FoxIO's example, with the random values that Chrome mixes in."""


def test_ja3_of_published_hellos() -> None:
    hello = ClientHello(
        version=769,
        ciphers=(47, 53, 5, 10, 49161, 49162, 49171, 49172, 50, 56, 19, 4),
        extensions=(0, 10, 11),
        groups=(23, 24, 25),
        point_formats=b"\0",
    )
    assert ja3(hello) == "ada70206e40642a3e4461f35503241d5"
    bare = ClientHello(version=769, ciphers=(4, 5, 10, 9, 100, 98, 3, 6, 19, 18, 99))
    assert ja3(bare) == "de350869b8c85de67a350c8d186f11e6"


def test_ja3_leaves_out_grease() -> None:
    hello = ClientHello(version=771, ciphers=(0x0A0A, 47), extensions=(0xFAFA, 10), groups=(0x5A5A, 29))
    assert ja3(hello) == ja3(ClientHello(version=771, ciphers=(47,), extensions=(10,), groups=(29,)))


def test_ja3s_is_the_md5_of_version_suite_and_extensions() -> None:
    hello = ServerHello(version=769, cipher=47, extensions=(65281, 0, 11, 35, 5, 16))
    assert ja3s(hello) == hashlib.md5(b"769,47,65281-0-11-35-5-16").hexdigest()


def test_ja4_of_the_published_hello() -> None:
    assert ja4(CHROME, "t") == "t13d1516h2_8daaf6152771_e5627efa2ab1"


def test_ja4_without_signature_algorithms_has_no_underscore() -> None:
    extensions = (5, 10, 11, 13, 18, 21, 23, 27, 35, 43, 45, 51, 0x4469, 0xFF01)
    hello = ClientHello(version=0x0303, ciphers=(47,), extensions=extensions)
    assert ja4(hello, "t").endswith("_6d807ffa2a79"), "FoxIO's example"


def test_ja4_of_nothing_is_zeros() -> None:
    hello = ClientHello(version=0x0303, ciphers=(0x0A0A,), extensions=(0, 16))
    assert ja4(hello, "q") == "q12d000200_000000000000_000000000000"


@pytest.mark.parametrize(
    ("offered", "ends"),
    [
        ((), "00"),
        ((b"",), "00"),
        ((b"http/1.1", b"h2"), "h1"),
        ((b"h",), "hh"),
        ((b"\xab",), "ab"),
        ((b"\xab\xcd",), "ad"),
        ((b"0\xab",), "3b"),
        ((b"01\xab\xcd",), "3d"),
        ((b"0\xab\xcd1",), "01"),
    ],
)
def test_ja4_names_the_ends_of_the_first_protocol(offered: tuple[bytes, ...], ends: str) -> None:
    assert ja4(ClientHello(version=0x0303, ciphers=(47,), alpn=offered), "t")[8:10] == ends


@pytest.mark.parametrize(
    ("version", "supported", "text"),
    [
        (0x0301, (), "10"),
        (0x0300, (), "s3"),
        (0x0303, (0x0303, 0x0304, 0x0A0A), "13"),
        (0xFEFD, (), "d2"),
        (0xFEFD, (0xFEFD, 0xFEFC), "d3"),
        (0x0305, (), "00"),
    ],
)
def test_ja4_names_the_highest_version(version: int, supported: tuple[int, ...], text: str) -> None:
    assert ja4(ClientHello(version=version, ciphers=(47,), supported_versions=supported), "t")[1:3] == text


def test_ja4_counts_no_further_than_99() -> None:
    hello = ClientHello(version=0x0303, ciphers=tuple(range(200)), extensions=tuple(range(100, 300)))
    assert ja4(hello, "t")[4:8] == "9999"
