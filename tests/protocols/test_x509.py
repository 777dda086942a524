import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from botwarden.protocols.x509 import MAX_NAMES, MAX_TEXT, MAX_WHOLE, Certificate, parse_certificate
from protocols.tls_messages import CAMERA, CN, COUNTRY, ISSUER, ORGANISATION, attribute, certificate, der, name


def read(whole: bytes) -> Certificate:
    found = parse_certificate(whole)
    assert found is not None
    return found


def test_reads_who_it_is_for_and_who_says_so() -> None:
    found = read(CAMERA)
    assert found.subject == "CN=cam.example,O=Maker", "RFC 4514: the most specific part first"
    assert found.issuer == "CN=Maker CA,O=Maker,C=DE"
    assert found.dns_names == ("cam.example", "*.cam.example")
    assert found.not_valid_after == "2031-02-03T04:05:06Z"


def test_the_first_version_had_neither_number_nor_extensions() -> None:
    found = read(certificate(name(attribute(CN, b"old")), version=False))
    assert (found.subject, found.dns_names) == ("CN=old", ())


@pytest.mark.parametrize(
    ("tag", "text", "expected"),
    [
        (0x17, b"500101000000Z", "1950-01-01T00:00:00Z"),  # RFC 5280, 4.1.2.5.1
        (0x17, b"490101000000Z", "2049-01-01T00:00:00Z"),
        (0x17, b"3101010000Z", "2031-01-01T00:00:00Z"),
        (0x18, b"20550630235959Z", "2055-06-30T23:59:59Z"),
        (0x18, b"310101000000Z", None),
        (0x17, b"311301000000Z", None),
        (0x17, b"whenever", None),
        (0x0C, b"310101000000Z", None),
    ],
)
def test_reads_both_ways_to_write_a_time(tag: int, text: bytes, expected: str | None) -> None:
    assert read(certificate(name(), not_after=text, time_tag=tag)).not_valid_after == expected


@pytest.mark.parametrize(
    ("tag", "value", "expected"),
    [
        (0x0C, "Bär".encode(), "CN=Bär"),
        (0x13, b"plain", "CN=plain"),
        (0x14, b"B\xe4r", "CN=Bär"),
        (0x1E, "Bär".encode("utf-16-be"), "CN=Bär"),
        (0x1C, "Bär".encode("utf-32-be"), "CN=Bär"),
        (0x1E, b"\xd8\x00\x00a", "CN=\ufffda"),  # half a surrogate pair
        (0x0C, b"\xff", "CN=\ufffd"),
        (0x04, b"\x01\xfe", "CN=#01fe"),
        (0x0C, b'a,b+c"d\\e<f>g;h', 'CN=a\\,b\\+c\\"d\\\\e\\<f\\>g\\;h'),
        (0x0C, b" padded ", "CN=\\ padded\\ "),
        (0x0C, b"line\nbreak\x1b", "CN=line\\0Abreak\\1B"),
    ],
)
def test_reads_every_kind_of_text(tag: int, value: bytes, expected: str) -> None:
    assert read(certificate(name(attribute(CN, value, tag)))).subject == expected


def test_parts_of_one_level_are_joined_with_a_plus() -> None:
    both = der(
        0x30, der(0x31, attribute(CN, b"cam"), attribute(ORGANISATION, b"Maker")), der(0x31, attribute(COUNTRY, b"DE"))
    )
    assert read(certificate(both)).subject == "C=DE,CN=cam+O=Maker"


def test_unknown_attributes_keep_their_number() -> None:
    assert read(certificate(name(attribute(b"\x2b\x06\x01\x04\x01\x82\x37", b"x")))).subject == "1.3.6.1.4.1.311=x"
    assert read(certificate(name(attribute(b"", b"x")))).subject == "?=x"


def test_what_is_endless_is_cut() -> None:
    found = read(certificate(name(attribute(CN, b"a" * 5000)), names=[b"n"] * (MAX_NAMES + 9)))
    assert len(found.subject) == len("CN=") + MAX_TEXT
    assert len(found.dns_names) == MAX_NAMES
    assert len(read(certificate(name(*[attribute(CN, b"\n" * 200)] * 60))).subject) == MAX_WHOLE


def test_covers_its_host_names() -> None:
    found = read(CAMERA)
    assert found.covers("cam.example")
    assert found.covers("CAM.example.")
    assert found.covers("a.cam.example")
    assert not found.covers("a.b.cam.example"), "a wildcard stands for one label"
    assert not found.covers("example")
    assert not found.covers("badcam.example")


def test_the_common_name_counts_only_without_host_names() -> None:
    assert read(certificate(name(attribute(CN, b"cam.example")))).covers("cam.example")
    assert not read(certificate(name(attribute(CN, b"cam.example")), names=[b"other"])).covers("cam.example")


def test_a_wildcard_covers_no_top_level() -> None:
    assert not read(certificate(name(attribute(CN, b"*.example")))).covers("example")
    assert not read(certificate(name(attribute(CN, b"*.")))).covers("x.")


@given(st.binary(max_size=300))
@example(b"")
@example(b"\x30\x84\xff\xff\xff\xff")
@example(b"\x30\x80\x30\x80")
def test_any_bytes_give_a_certificate_or_none(data: bytes) -> None:
    parse_certificate(data)


@given(st.data())
def test_a_bent_certificate_gives_a_certificate_or_none(data: st.DataObject) -> None:
    bent = bytearray(CAMERA)
    for _ in range(data.draw(st.integers(1, 4))):
        bent[data.draw(st.integers(0, len(bent) - 1))] = data.draw(st.integers(0, 255))
    found = parse_certificate(bytes(bent[: data.draw(st.integers(0, len(bent)))]))
    if found is not None:
        found.covers("cam.example")
        (found.subject + found.issuer + "".join(found.dns_names)).encode()


def test_a_cut_certificate_is_none() -> None:
    assert parse_certificate(CAMERA[:-1]) is None
    assert parse_certificate(ISSUER) is None
