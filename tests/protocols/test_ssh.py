import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from botwarden.protocols.ssh import (
    BANNER,
    BROKEN,
    ENCRYPTED,
    GEX_REPLY,
    KEX_REPLY,
    KEXINIT,
    MAX_KEPT,
    MAX_LINE,
    MAX_PACKET,
    MAX_PREAMBLE,
    NEWKEYS,
    Side,
    agree,
    fingerprint,
    hassh,
    hassh_server,
    parse_host_key,
    parse_kexinit,
    starts_ssh,
    version,
)
from protocols.ssh_messages import HOST_KEY, kexinit, packet, string

BEGINNING = b"SSH-2.0-OpenSSH_9.6\r\n" + packet(KEXINIT, kexinit()) + packet(30, b"x" * 40) + packet(NEWKEYS)


def cut(data: bytes, size: int) -> list[tuple[int, bytes]]:
    side = Side()
    found: list[tuple[int, bytes]] = []
    for at in range(0, len(data), size):
        for kind, content in side.feed(data[at : at + size]):
            if kind == ENCRYPTED and found and found[-1][0] == ENCRYPTED:
                found[-1] = (kind, found[-1][1] + content)
            else:
                found.append((kind, content))
    return found


@pytest.mark.parametrize("size", [1, 2, 5, 6, 7, 64, 10_000])
def test_a_direction_comes_out_however_it_was_cut(size: int) -> None:
    assert cut(BEGINNING + b"secret", size) == [
        (BANNER, b"SSH-2.0-OpenSSH_9.6"),
        (KEXINIT, kexinit()),
        (30, b""),
        (NEWKEYS, b""),
        (ENCRYPTED, b"secret"),
    ]


def test_a_server_may_say_something_before_its_banner() -> None:
    assert cut(b"Hello stranger\r\n\r\nSSH-2.0-x\n", 3) == [(BANNER, b"SSH-2.0-x")]


@pytest.mark.parametrize("line", [b"x" * (MAX_PREAMBLE + 1), b"\n" * (MAX_PREAMBLE + 1)])
def test_but_not_without_end(line: bytes) -> None:
    assert cut(line, 100)[-1] == (BROKEN, b"")


def test_a_long_banner_is_cut() -> None:
    assert cut(b"SSH-2.0-" + b"x" * 5000 + b"\r\n", 100) == [(BANNER, (b"SSH-2.0-" + b"x" * 5000)[:MAX_LINE])]


@pytest.mark.parametrize(
    "junk",
    [b"GET / HTTP/1.1", (MAX_PACKET + 1).to_bytes(4, "big") + b"\4\x14", b"\0\0\0\x08\x09\x14", b"\0\0\0\0\0\0"],
)
def test_what_is_no_packet_ends_the_stream(junk: bytes) -> None:
    side = Side()
    assert [kind for kind, _ in side.feed(b"SSH-2.0-x\n" + junk)] == [BANNER, BROKEN]
    assert list(side.feed(BEGINNING)) == []


def test_content_that_is_too_long_is_not_kept() -> None:
    assert cut(b"SSH-2.0-x\n" + packet(KEXINIT, b"x" * MAX_KEPT) + packet(NEWKEYS), 9000) == [
        (BANNER, b"SSH-2.0-x"),
        (KEXINIT, b""),
        (NEWKEYS, b""),
    ]


def test_gaps_matter_only_in_the_clear() -> None:
    side = Side()
    list(side.feed(BEGINNING))
    assert side.gap(100) == ENCRYPTED
    assert list(side.feed(b"x")) == [(ENCRYPTED, b"x")]
    side = Side()
    list(side.feed(BEGINNING[:40]))
    assert side.gap(1) == BROKEN
    assert list(side.feed(BEGINNING)) == []


def test_reads_an_offer() -> None:
    offer = parse_kexinit(kexinit(cipher="aes128-ctr", mac="hmac-sha1", to_client=("aes256-ctr", "hmac-md5")))
    assert offer is not None
    assert (offer.kex, offer.host_key) == ("curve25519-sha256", "ssh-ed25519")
    assert (offer.ciphers_to_server, offer.ciphers_to_client) == ("aes128-ctr", "aes256-ctr")
    assert (offer.macs_to_server, offer.macs_to_client) == ("hmac-sha1", "hmac-md5")
    assert parse_kexinit(kexinit()[:60]) is None


def test_the_clients_first_choice_that_the_server_has_is_taken() -> None:
    client = parse_kexinit(kexinit("a,b,c", "x,ssh-rsa", "aes128-ctr,3des-cbc", "hmac-md5", "zlib,none"))
    server = parse_kexinit(kexinit("c,b", "ssh-rsa,y", "3des-cbc,aes128-ctr", "hmac-sha1", "none"))
    assert client is not None
    assert server is not None
    chosen = agree(client, server)
    assert (chosen.kex, chosen.host_key) == ("b", "ssh-rsa")
    assert chosen.ciphers == ("aes128-ctr", "aes128-ctr")
    assert chosen.macs == (None, None)
    assert chosen.compression == ("none", "none")


def test_no_algorithm_has_a_name_without_end() -> None:
    offer = parse_kexinit(kexinit(kex="k" * 1000 + ",short"))
    assert offer is not None
    assert agree(offer, offer).kex == "short"


def test_hassh_is_the_md5_of_what_a_side_offers_to_send() -> None:
    offer = parse_kexinit(kexinit("k", "h", "c1,c2", "m", "none", to_client=("c3", "m3")))
    assert offer is not None
    assert hassh(offer) == hashlib.md5(b"k;c1,c2;m;none").hexdigest()
    assert hassh_server(offer) == hashlib.md5(b"k;c3;m3;none").hexdigest()


def test_a_host_key_has_a_fingerprint() -> None:
    assert parse_host_key(string(HOST_KEY) + string(b"f")) == HOST_KEY
    assert parse_host_key(string(HOST_KEY)[:-1]) is None
    assert parse_host_key(b"") is None
    assert fingerprint(b"abc") == "90:01:50:98:3c:d2:4f:b0:d6:96:3f:7d:28:e1:7f:72"  # RFC 1321, A.5


@pytest.mark.parametrize(
    ("client", "server", "number"),
    [
        ("SSH-2.0-x", "SSH-2.0-y", 2),
        ("SSH-2.0-x", "SSH-1.99-y", 2),
        ("SSH-1.99-x", "SSH-1.99-y", 2),
        ("SSH-1.5-x", "SSH-1.99-y", 1),
        ("SSH-1.5-x", "SSH-1.5-y", 1),
        ("SSH-2.0-x", "SSH-1.5-y", 0),
        ("SSH-2.0-x", None, None),
        (None, "SSH-2.0-x", None),
    ],
)
def test_banners_agree_on_a_version(client: str | None, server: str | None, number: int | None) -> None:
    assert version(client, server) == number


def test_a_banner_begins_ssh() -> None:
    assert starts_ssh(b"SSH-2.0-dropbear\r\n")
    assert starts_ssh(b"SSH-1.99-Cisco-1.25\n")
    assert [starts_ssh(b"SSH-2.0-"[:size]) for size in range(9)] == [None] * 8 + [True]
    for head in (b"GET /", b"SSH_2.0-", b"SSH-3.0-", b"SSS", b"220 smtp"):
        assert starts_ssh(head) is False


@given(st.lists(st.binary(max_size=60), max_size=20), st.booleans())
def test_any_bytes_are_read(pieces: list[bytes], banner: bool) -> None:
    side = Side()
    for piece in [b"SSH-2.0-x\n", *pieces] if banner else pieces:
        for kind, content in side.feed(piece):
            assert kind in (KEXINIT, KEX_REPLY, GEX_REPLY, BANNER, ENCRYPTED) or not content
    starts_ssh(b"".join(pieces))


@given(st.data())
def test_bent_messages_are_read(data: st.DataObject) -> None:
    bent = bytearray(kexinit())
    for _ in range(data.draw(st.integers(1, 5))):
        bent[data.draw(st.integers(0, len(bent) - 1))] = data.draw(st.integers(0, 255))
    offer = parse_kexinit(bytes(bent))
    if offer is not None:
        agree(offer, offer)
        hassh(offer)
    parse_host_key(bytes(bent))


@given(st.binary(max_size=100), st.integers(1, 30))
def test_any_bytes_give_the_same_messages_however_they_are_cut(data: bytes, size: int) -> None:
    whole = BEGINNING[:60] + data
    assert cut(whole, size) == cut(whole, len(whole))
