import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from botwarden.lab import ssdp

SAID = ssdp.Announced("1-2", ("urn:x:device:A:1",), "http://192.0.2.1/d.xml", "Linux UPnP/1.0 a/1")


def test_a_search_for_all_gets_an_answer_for_each_thing() -> None:
    found = ssdp.answers(SAID, ssdp.search())
    assert len(found) == 3
    assert all(one.startswith(b"HTTP/1.1 200 OK\r\n") and one.endswith(b"\r\n\r\n") for one in found)
    assert {ssdp.location(one) for one in found} == {SAID.location}


def test_a_search_for_one_kind_gets_that() -> None:
    (found,) = ssdp.answers(SAID, ssdp.search("urn:x:device:A:1"))
    assert b"ST: urn:x:device:A:1\r\nUSN: uuid:1-2::urn:x:device:A:1\r\n" in found
    assert ssdp.answers(SAID, ssdp.search("urn:x:device:B:1")) == []


def test_a_notice_is_no_search() -> None:
    said = ssdp.notify(SAID, ssdp.ROOT, "uuid:1-2::upnp:rootdevice")
    assert said.startswith(b"NOTIFY * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\n")
    assert ssdp.wanted(said) is None


@given(st.binary(max_size=300))
def test_any_bytes_are_a_search_or_not(data: bytes) -> None:
    assert isinstance(ssdp.answers(SAID, data), list)
    assert isinstance(ssdp.answers(SAID, b"M-SEARCH * HTTP/1.1\r\n" + data), list)
    ssdp.location(data)


def test_a_search_names_who_asks() -> None:
    assert b"USER-AGENT: me/1\r\n" in ssdp.search(agent="me/1")
    assert b"MX: 3\r\n" in ssdp.search(wait=3)


def test_an_announcer_answers_on_its_port() -> None:
    try:
        ssdp.Announcer(SAID, "127.0.0.1")
    except OSError as error:
        pytest.skip(f"the port of SSDP is not free: {error}")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as link:
        link.settimeout(5)
        link.sendto(ssdp.search("urn:x:device:A:1"), ("127.0.0.1", ssdp.PORT))
        assert ssdp.location(link.recv(2_048)) == SAID.location
