from xml.etree import ElementTree

from botwarden.lab import igd, serving
from houses import ask


def test_the_description_names_the_service_that_is_controlled() -> None:
    port = serving.serve_http("127.0.0.1", 0, igd.Router).server_port
    status, body = ask(port, "GET", igd.PATH)
    root = ElementTree.fromstring(body)
    space = {"u": "urn:schemas-upnp-org:device-1-0"}
    assert status == 200
    assert root.findtext(".//u:serviceType", namespaces=space) == igd.SERVICE
    assert root.findtext(".//u:controlURL", namespaces=space) == igd.CONTROL


def test_a_mapping_is_agreed_to_and_anything_else_is_not() -> None:
    port = serving.serve_http("127.0.0.1", 0, igd.Router).server_port
    asked = igd.request("192.168.10.20", 23, 2323).encode()
    status, body = ask(port, "POST", igd.CONTROL, asked)
    assert (status, b"AddPortMappingResponse" in body) == (200, True)
    for path, text in ((igd.CONTROL, b"<x/>"), ("/other", asked)):
        status, body = ask(port, "POST", path, text)
        assert (status, b"<s:Fault/>" in body) == (500, True)


def test_a_request_is_xml_with_what_is_asked_for() -> None:
    root = ElementTree.fromstring(igd.request("192.168.10.20", 80, 8080))
    assert root.findtext(".//NewInternalClient") == "192.168.10.20"
    assert root.findtext(".//NewExternalPort") == "8080"
