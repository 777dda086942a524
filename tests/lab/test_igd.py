from xml.etree import ElementTree

from botwarden.lab import igd, plan, serving
from houses import ask


def test_the_description_names_the_service_that_is_controlled() -> None:
    port = serving.serve_http("127.0.0.1", 0, igd.Router).server_port
    status, body = ask(port, "GET", igd.PATH)
    root = ElementTree.fromstring(body)
    space = {"u": "urn:schemas-upnp-org:device-1-0"}
    assert status == 200
    assert root.findtext(".//u:serviceType", namespaces=space) == igd.SERVICE
    assert root.findtext(".//u:controlURL", namespaces=space) == igd.CONTROL


def post(port: int, action: str, text: bytes, path: str = igd.CONTROL) -> tuple[int, bytes]:
    return ask(port, "POST", path, text, {"SOAPAction": f'"{igd.SERVICE}#{action}"'})


def test_a_mapping_is_agreed_to_and_anything_else_is_not() -> None:
    port = serving.serve_http("127.0.0.1", 0, igd.Router).server_port
    asked = igd.request("192.168.10.20", 23, 2323).encode()
    status, body = post(port, igd.MAPPING, asked)
    assert (status, b"AddPortMappingResponse" in body) == (200, True)
    for action, text, path in (
        (igd.MAPPING, b"<x/>", igd.CONTROL),
        (igd.MAPPING, asked, "/other"),
        ("DeletePortMapping", asked, igd.CONTROL),
        ("", asked, igd.CONTROL),
    ):
        status, body = post(port, action, text, path)
        assert (status, b"<errorCode>606<" in body) == (500, True)


def test_a_router_may_refuse_every_mapping_and_still_tell_its_address() -> None:
    class Closed(igd.Router):
        grants = False

    port = serving.serve_http("127.0.0.1", 0, Closed).server_port
    assert post(port, igd.MAPPING, igd.request("192.168.10.20", 23, 2323).encode())[0] == 500
    status, body = post(port, "GetExternalIPAddress", b"<x/>")
    assert (status, plan.WAN_GATEWAY.encode() in body) == (200, True)
    assert ElementTree.fromstring(body).find(f".//{{{igd.SERVICE}}}GetExternalIPAddressResponse") is not None
    assert post(port, "GetStatusInfo", b"<x/>")[0] == 200


def test_a_request_is_xml_with_what_is_asked_for() -> None:
    root = ElementTree.fromstring(igd.request("192.168.10.20", 80, 8080))
    assert root.findtext(".//NewInternalClient") == "192.168.10.20"
    assert root.findtext(".//NewExternalPort") == "8080"
