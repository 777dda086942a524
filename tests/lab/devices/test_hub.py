from xml.etree import ElementTree

from botwarden.lab import plan, serving
from botwarden.lab.devices import hub
from houses import ask


def test_what_it_announces_is_what_it_describes() -> None:
    port = serving.serve_http("127.0.0.1", 0, hub.Hub).server_port
    status, body = ask(port, "GET", "/description.xml")
    root = ElementTree.fromstring(body)
    space = {"u": "urn:schemas-upnp-org:device-1-0"}
    assert status == 200
    assert root.findtext(".//u:UDN", namespaces=space) == f"uuid:{hub.ANNOUNCED.uuid}"
    assert root.findtext(".//u:deviceType", namespaces=space) in hub.ANNOUNCED.kinds
    assert hub.ANNOUNCED.location == f"http://{plan.HUB.ip}:80/description.xml"


def test_it_has_a_page() -> None:
    port = serving.serve_http("127.0.0.1", 0, hub.Hub).server_port
    assert ask(port, "GET", "/")[0] == 200
