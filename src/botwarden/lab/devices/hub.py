"""The hub of the light bulbs: CoAP with its accessories and with people, SSDP, mDNS, a page, a maker's cloud."""

import random
from typing import Final

from botwarden.lab import coap, plan, ssdp
from botwarden.lab.devices import common
from botwarden.lab.fetching import Asker
from botwarden.lab.life import Life, Living
from botwarden.lab.rhythm import Habit
from botwarden.lab.serving import Page, serve_http, serve_udp, udp_socket

UUID: Final = "2f402f80-da50-11e1-9b23-ecb5fa1c3308"
LAMPS: Final = tuple(f"/lights/{number}" for number in range(1, 7))
BASIC: Final = "urn:schemas-upnp-org:device:Basic:1"
DESCRIPTION: Final = f"""<?xml version="1.0"?>
<root xmlns="urn:schemas-upnp-org:device-1-0"><specVersion><major>1</major><minor>0</minor></specVersion>
<device><deviceType>{BASIC}</deviceType><friendlyName>Bulb hub</friendlyName>
<manufacturer>Signify</manufacturer><modelName>Philips hue bridge</modelName><modelNumber>BSB002</modelNumber>
<serialNumber>ecb5fa1c3308</serialNumber><UDN>uuid:{UUID}</UDN></device></root>
"""
ANNOUNCED: Final = ssdp.Announced(
    UUID, (BASIC,), f"http://{plan.HUB.ip}:80/description.xml", "Linux/3.14.0 UPnP/1.0 IpBridge/1.56.0"
)
_SSDP: Final[list[ssdp.Announcer]] = []


class Hub(Page):
    """Its description, and a page."""

    server_version = "nginx"

    def do_GET(self) -> None:
        """Answer."""
        if self.path == "/description.xml":
            self.answer(200, DESCRIPTION.encode(), "text/xml")
        else:
            self.answer(200, b"<html><head><title>hub</title></head><body>Bulb hub</body></html>\n")


def _serve(life: Life) -> None:
    serve_http("0.0.0.0", 80, Hub)  # noqa: S104
    serve_udp(udp_socket("0.0.0.0", coap.PORT), coap.Lamps(LAMPS).reply())  # noqa: S104
    _SSDP.append(ssdp.Announcer(ANNOUNCED, life.device.ip))


def _asker(life: Life) -> Asker:
    return life.asker("IpBridge/1.56")


def _announce(_: Life, __: random.Random) -> None:
    _SSDP[0].announce()


def _poll(_: Life, thrown: random.Random) -> None:
    """How is the lamp behind the plug?"""
    coap.ask(plan.PLUG.ip, coap.request(coap.GET, "/lights/1", thrown))


def _discover(_: Life, thrown: random.Random) -> None:
    """Who else speaks CoAP?"""
    coap.ask(coap.GROUP, coap.request(coap.GET, "/.well-known/core", thrown, kind=coap.NON), lambda _: None)


LIVING: Final = Living(
    serve=_serve,
    habits=(
        common.tell_time(1_200.0),
        Habit("announce", _announce, 300.0, 0.1, first=5.0),
        Habit("poll", _poll, 20.0, 0.05, first=8.0),
        Habit("discover", _discover, 900.0, 0.2, first=15.0),
        common.post("cloud", "https://bridge.bulbs.example/api/state", _asker, 120.0, (200, 600)),
        common.check_firmware(_asker),
    ),
    tcp=(80,),
    udp=(coap.PORT, ssdp.PORT),
    services={
        "_http._tcp": (80, {}),
        "_hue._tcp": (80, {"bridgeid": "ecb5fafffe1c3308", "modelid": "BSB002"}),
    },
)
