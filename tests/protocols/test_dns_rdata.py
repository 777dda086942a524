import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from botwarden.protocols.dns_rdata import (
    MAX_CHAIN,
    MAX_NAME,
    MAX_STEPS,
    MAX_STRINGS,
    DnsFault,
    Names,
    netbios_name,
    plain,
    rdata_text,
)
from captures import ip_bytes
from protocols.test_dns import name


def text(rtype: int, rdata: bytes, before: bytes = b"") -> str | None:
    """The data of a record that stands after ``before`` in its message."""
    message = before + rdata
    return rdata_text(Names(message), message, rtype, len(before), len(message), "owner.example")


def fault(rtype: int, rdata: bytes) -> str:
    with pytest.raises(DnsFault) as caught:
        text(rtype, rdata)
    return str(caught.value)


def test_names_are_in_lower_case_with_dots_and_follow_pointers() -> None:
    message = name("Example.COM") + b"\x03WWW\xc0\x00" + b"\xc0\x0d"
    names = Names(message)
    assert names.read(0) == (b"example.com", 13)
    assert names.read(13) == (b"www.example.com", 19)
    assert names.read(19) == (b"www.example.com", 21)
    assert Names(b"\0").read(0) == (b"", 1)


def test_a_pointer_may_point_to_the_root() -> None:
    assert Names(b"\0\x01a\xc0\0").read(1) == (b"a", 5)


@pytest.mark.parametrize(
    ("message", "at", "oddity"),
    [
        (b"", 0, "DNS_label_len_gt_pkt"),
        (b"\x05ab", 0, "DNS_label_len_gt_pkt"),
        (b"\x01a", 0, "DNS_label_len_gt_pkt"),
        (b"\0\xc0", 1, "DNS_label_len_gt_pkt"),
        (b"\xc0\0", 0, "DNS_label_forward_compress_offset"),
        (b"\x01a\xc0\x02\0", 0, "DNS_label_forward_compress_offset"),
        (b"\x40" + b"a" * 64 + b"\0", 0, "DNS_label_too_long"),
        ((b"\x3f" + b"a" * 63) * 5 + b"\0", 0, "DNS_NAME_too_long"),
    ],
)
def test_what_is_no_name(message: bytes, at: int, oddity: str) -> None:
    with pytest.raises(DnsFault, match=oddity):
        Names(message).read(at)


def test_pointers_to_pointers_come_to_an_end() -> None:
    chain = b"\x01a\0\xc0\x00" + b"".join(struct.pack(">H", 0xC000 | 3 + 2 * i) for i in range(MAX_CHAIN))
    assert Names(chain).read(len(chain) - 4)[0] == b"a"
    with pytest.raises(DnsFault, match="chain"):
        Names(chain).read(len(chain) - 2)


def test_the_work_per_message_is_bounded() -> None:
    message = b"\x01a" * 100 + b"\0"
    names = Names(message)
    with pytest.raises(DnsFault, match="DNS_NAME_too_long"):
        for _ in range(MAX_STEPS // 100 + 1):
            names.read(0)


def test_addresses() -> None:
    assert text(1, ip_bytes("192.0.2.7")) == "192.0.2.7"
    assert text(28, ip_bytes("2001:db8::7")) == "2001:db8::7"
    assert text(28, bytes(10) + b"\xff\xff" + ip_bytes("192.0.2.7")) == "192.0.2.7", "as Zeek writes mapped ones"
    assert fault(1, bytes(5)) == fault(28, bytes(4)) == "DNS_RR_bad_length"


@pytest.mark.parametrize(
    ("rtype", "rdata"), [(2, b""), (5, b""), (12, b""), (15, b"\0\x0a"), (33, b"\0\0\0\0\0\x50"), (6, b"")]
)
def test_records_that_name_another(rtype: int, rdata: bytes) -> None:
    assert text(rtype, rdata + name("Host.Example") + bytes(20)) == "host.example"


def test_strings_are_told_with_their_length() -> None:
    assert text(16, b"\x05hello\0\x07a,b \xff=\x01") == "TXT 5 hello TXT 0  TXT 7 a,b \\xff=\x01"
    assert text(99, b"\x03abc") == "SPF 3 abc"
    assert text(16, b"\x03abc\x09cut") == "TXT 3 abc", "a string that runs out of its record ends the reading"
    assert str(text(16, b"\x01a" * 2 * MAX_STRINGS)).count("TXT") == MAX_STRINGS


def test_dnssec() -> None:
    signature = struct.pack(">HBBIIIH", 48, 5, 2, 60, 1, 1, 7)
    assert text(46, signature + name("Upenn.edu") + b"signature") == "RRSIG 48 upenn.edu"
    assert text(46, signature + b"\0" + b"signature") == "RRSIG 48 <Root>"
    assert text(48, struct.pack(">HBB", 257, 3, 13) + b"key") == "DNSKEY 13"
    assert text(43, struct.pack(">HBB", 1, 8, 2) + b"digest") == "DS 8 2"
    assert text(47, name("next.example") + b"\0\1\x40") == "NSEC owner.example next.example"
    assert text(50, bytes(6)) == "NSEC3"
    assert text(51, bytes(5)) == "NSEC3PARAM"
    for rtype in (46, 48, 43, 50, 51):
        assert fault(rtype, b"\0") == "DNS_RR_bad_length"


def test_others_in_zeeks_words() -> None:
    assert text(44, b"\x01\x01\xab\xcd") == "SSHFP: abcd"
    assert text(29, b"\0\x12\x15\x13" + bytes(12)) == "LOC:  18 21 19"
    assert text(65534, b"\x07\x7d\x12\0\1") == "BIND9 signing signal"
    assert text(11, b"\x01") == ""
    assert text(10, b"tunnelled") == "<unknown type=10>"


def test_naptr() -> None:
    service = b"\x01s\x08SIPS+D2T"
    assert text(35, b"\0\x64\0\x0a" + service + b"\0" + name("_sips._tcp.example")) == (
        "NAPTR 100 10 s SIPS+D2T _sips._tcp.example"
    )
    assert text(35, b"\0\x64\0\x0a" + service + b"\x04!a!b" + b"\0") == "NAPTR 100 10 s SIPS+D2T !a!b"
    assert fault(35, b"\0\x64\0\x0a\x09cut") == "DNS_RR_bad_length"


@pytest.mark.parametrize("rtype", [13, 41, 64, 65, 250, 257])
def test_what_zeek_leaves_out_of_its_log(rtype: int) -> None:
    assert text(rtype, b"anything") is None


def test_netbios_names_are_decoded() -> None:
    assert netbios_name(b"fheffcelehfcepfffacacacacacacabl".replace(b"fheff", b"fhepf")) == b"WORKGROUP"
    assert netbios_name(b"ckaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa") == b"*" + bytes(14), "the wildcard is padded with zeros"
    assert netbios_name(b"EJFDEBFEEBFACACACACACACACACACAAA.scope") == b"ISATAP"
    assert netbios_name(b"www.example") == b"www.example"
    assert netbios_name(b"z" * 32) == b"z" * 32


def test_bytes_that_are_no_text_stay_readable() -> None:
    assert plain(b"j\xe4ger \xc3\xa9") == "j\\xe4ger é"


@given(st.binary(max_size=300), st.integers(0, 300), st.sampled_from([1, 2, 6, 15, 16, 28, 33, 35, 46, 47, 48, 99]))
def test_any_bytes_give_text_or_a_fault(message: bytes, at: int, rtype: int) -> None:
    names = Names(message)
    try:
        found, _ = names.read(min(at, len(message)))
        assert len(found) < MAX_NAME
        rdata_text(names, message, rtype, min(at, len(message)), len(message), "")
    except DnsFault as fault:
        assert str(fault).startswith("DNS_")
