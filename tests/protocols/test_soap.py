import pytest
from hypothesis import given
from hypothesis import strategies as st

from botwarden.protocols.soap import (
    DESCRIPTION_HEAD,
    DESCRIPTION_MARK,
    MAX_TEXT,
    Action,
    parse_action,
    parse_description,
)

DESCRIPTION = b"""<?xml version="1.0"?>
<root xmlns="urn:schemas-upnp-org:device-1-0">
 <specVersion><major>1</major><minor>0</minor></specVersion>
 <device>
  <deviceType>urn:Belkin:device:controllee:1</deviceType>
  <friendlyName>WeMo &amp; Switch</friendlyName>
  <manufacturer>Belkin International Inc.</manufacturer>
  <modelName>Socket</modelName>
  <modelNumber>1.0</modelNumber>
  <deviceList><device><friendlyName>inner</friendlyName></device></deviceList>
 </device>
</root>"""

MAPPING = b"""<?xml version="1.0"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>
<u:AddPortMapping xmlns:u="urn:schemas-upnp-org:service:WANIPConnection:1"><NewRemoteHost></NewRemoteHost>
<NewExternalPort>2323</NewExternalPort><NewProtocol>tcp</NewProtocol><NewInternalPort>23</NewInternalPort>
<NewInternalClient>192.168.1.20</NewInternalClient><NewEnabled>1</NewEnabled>
<NewPortMappingDescription>cam</NewPortMappingDescription><NewLeaseDuration>0</NewLeaseDuration>
</u:AddPortMapping></s:Body></s:Envelope>"""
WAN = "urn:schemas-upnp-org:service:WANIPConnection:1"


def test_a_description_is_that_of_the_root_device() -> None:
    found = parse_description(DESCRIPTION)
    assert found is not None
    assert found.friendly_name == "WeMo & Switch"
    assert found.manufacturer == "Belkin International Inc."
    assert (found.model_name, found.model_number) == ("Socket", "1.0")
    assert found.device_type == "urn:Belkin:device:controllee:1"


def test_what_is_no_description() -> None:
    assert parse_description(b"<html><friendlyName>x</friendlyName></html>") is None
    assert parse_description(b"<root xmlns='" + DESCRIPTION_MARK + b"'></root>") is None


def test_a_mapping_of_ports() -> None:
    assert parse_action(f'"{WAN}#AddPortMapping"', MAPPING) == Action(
        "AddPortMapping", "schemas-upnp-org:service:WANIPConnection:1", 2323, "192.168.1.20", 23, "TCP", "cam", 0
    )


def test_other_actions_have_their_name() -> None:
    action = parse_action("urn:dslforum-org:service:Time:1#SetNTPServers", b"")
    assert action == Action("SetNTPServers", "dslforum-org:service:Time:1")


@pytest.mark.parametrize("header", ["", '"http://purenetworks.com/HNAP1/Login"', "urn:x#y", f"{WAN}#", f"{WAN}#a b"])
def test_what_is_no_action(header: str) -> None:
    assert parse_action(header, MAPPING) is None


@pytest.mark.parametrize(
    ("element", "value"),
    [
        (b"NewExternalPort", b"65536"),
        (b"NewExternalPort", b"-1"),
        (b"NewExternalPort", b"99999999999999999999"),
        (b"NewExternalPort", "٣".encode()),
        (b"NewInternalClient", b"`reboot`"),
        (b"NewInternalClient", b"host.local"),
        (b"NewProtocol", b"SCTP"),
        (b"NewLeaseDuration", b"4294967296"),
    ],
)
def test_values_that_cannot_be_are_left_out(element: bytes, value: bytes) -> None:
    action = parse_action(f"{WAN}#AddPortMapping", b"<" + element + b">" + value + b"</" + element + b">")
    assert action is not None
    assert set(action[2:]) == {None}


def test_entities_are_not_expanded() -> None:
    bomb = (
        b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><root xmlns="' + DESCRIPTION_MARK + b'">'
        b"<friendlyName>&b;&amp;lt;</friendlyName>"
    )
    found = parse_description(bomb)
    assert found is not None
    assert found.friendly_name == "&b;&lt;"


def test_it_is_bounded() -> None:
    late = b"<root xmlns='" + DESCRIPTION_MARK + b"'>" + b"<a>" * DESCRIPTION_HEAD + b"<modelName>late</modelName>"
    assert parse_description(late) is None
    long = b"<root xmlns='" + DESCRIPTION_MARK + b"'><modelName>" + b"m" * 5000
    found = parse_description(long)
    assert found is not None
    assert len(found.model_name or "") == MAX_TEXT
    for unit in (b"<", b"<a ", b"<modelName", b"<a:", b"<modelName>&", b"&amp;"):
        parse_action(f"{WAN}#X", unit * (DESCRIPTION_HEAD // len(unit)))


@given(st.data())
def test_mutated_messages_are_survived(data: st.DataObject) -> None:
    body = bytearray(data.draw(st.sampled_from([DESCRIPTION, MAPPING])))
    for _ in range(data.draw(st.integers(0, 5))):
        at = data.draw(st.integers(0, len(body)))
        body[at : at + data.draw(st.integers(0, 9))] = data.draw(st.binary(max_size=5))
    parse_description(bytes(body))
    parse_action(data.draw(st.one_of(st.text(max_size=80), st.just(f"{WAN}#AddPortMapping"))), bytes(body))
