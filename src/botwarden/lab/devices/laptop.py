"""The laptop, and with it the people: pages, videos, the camera, the lights, a recorder that needs looking after."""

import random
import socket
import subprocess
from collections.abc import Sequence
from typing import Final

from botwarden.lab import coap, mdns, plan, rtsp, ssdp, telnet
from botwarden.lab.devices import common
from botwarden.lab.fetching import Asker
from botwarden.lab.life import Life, Living
from botwarden.lab.rhythm import Habit, people

BROWSER: Final = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
SECTIONS: Final = ("today", "world", "weather", "garden", "sport", "letters")
GOODS: Final = ("lamps", "seeds", "cables", "boots")
SERVICES: Final = ("_http._tcp.local", "_ipp._tcp.local", "_hue._tcp.local", "_airplay._tcp.local")
SEGMENT_SECONDS: Final = 6.0
ONCE: Final = 7 * 86_400.0
HURRY: Final = "20"


def curl(life: Life, urls: Sequence[str], *options: str) -> None:
    """Fetch one after the other on one connection where that can be; what comes back is thrown away."""
    fetched = [part for url in urls for part in ("--output", "/dev/null", url)]
    trusted = ["--cacert", str(life.folder / "tls" / "ca.pem")]
    command = ["curl", "--silent", "--max-time", HURRY, "--user-agent", BROWSER, *trusted, *options, *fetched]
    subprocess.run(command, check=False, stdin=subprocess.DEVNULL)


def _asker(life: Life) -> Asker:
    return life.asker(BROWSER)


def _read_news(life: Life, thrown: random.Random) -> None:
    """A page and its pictures, time to read, the next."""
    for _ in range(thrown.randint(1, 4)):
        section, number = thrown.choice(SECTIONS), thrown.randint(1, 400)
        curl(life, [f"https://news.example/{section}/{number}", "https://news.example/site.js"])
        curl(life, [f"https://img.news.example/{number}-{part}.jpg" for part in range(thrown.randint(2, 6))])
        life.pause(thrown, 8.0, 50.0)


def _shop(life: Life, thrown: random.Random) -> None:
    goods = thrown.choice(GOODS)
    pictures = [f"https://shop.example/{goods}-{part}.jpg" for part in range(thrown.randint(3, 8))]
    curl(life, [f"https://shop.example/{goods}", *pictures])


def _video(life: Life, thrown: random.Random) -> None:
    """A piece at a time, some ahead at the start, as players do."""
    film = thrown.getrandbits(24)
    for part in range(thrown.randint(10, 40)):
        curl(life, [f"https://video.example/{film:06x}/{part}.ts"])
        if part >= 3:
            life.pause(thrown, 0.9 * SEGMENT_SECONDS, 1.1 * SEGMENT_SECONDS)


def _look_at_camera(life: Life, thrown: random.Random) -> None:
    """The page without, then with the password, as browsers ask; some pictures."""
    camera = f"http://{plan.CAMERA.ip}"
    curl(life, [camera + "/"])
    login = ["--user", ":".join(plan.CAMERA_LOGIN)]
    curl(life, [camera + "/"], *login)
    for _ in range(thrown.randint(2, 8)):
        curl(life, [camera + "/snapshot.jpg"], *login)
        life.pause(thrown, 1.5, 3.0)


def _watch_camera(life: Life, thrown: random.Random) -> None:
    rtsp.watch(plan.CAMERA.ip, plan.CAMERA_LOGIN, life.clock, thrown.uniform(20.0, 120.0))


def _glance(life: Life, _: random.Random) -> None:
    """A widget on the desktop asks for the camera's state, over IPv6."""
    curl(life, [f"http://{plan.CAMERA.name}.lan/status"], "-6")


def _lights(life: Life, thrown: random.Random) -> None:
    """Lights on or off: ask what is there, set some."""
    coap.ask(plan.HUB.ip, coap.request(coap.GET, "/.well-known/core", thrown))
    for lamp in thrown.sample(range(1, 7), thrown.randint(1, 4)):
        body = thrown.choice((b'{"on": true}', b'{"on": false}'))
        coap.ask(plan.HUB.ip, coap.request(coap.PUT, f"/lights/{lamp}", thrown, body))
        life.pause(thrown, 0.5, 3.0)


def _look_around(life: Life, thrown: random.Random) -> None:
    """Which players, printers and hubs are there? Browsers ask for them by themselves."""
    mdns.ask(life.device.ip, *thrown.sample(SERVICES, 2))
    found: list[str] = []
    ssdp.look_around(ssdp.ALL, found.append, thrown, "Firefox/128.0 UPnP/1.1")
    for place in found:
        if place.startswith((f"http://{plan.HUB.ip}:", f"http://{plan.GATEWAY_IP}:")):
            _asker(life).fetch(place)


def _background(_: Life, thrown: random.Random) -> None:
    """Names that programs look up in passing, of which some do not exist."""
    name = thrown.choice(("shop.example", "news.example", "video.example", "mail.example", "wpad.lan"))
    try:
        socket.getaddrinfo(name, 443)
    except socket.gaierror:
        return


def _manage_ap(life: Life, _: random.Random) -> None:
    face = f"http://{plan.AP.ip}/"
    curl(life, [face])
    curl(life, [face, face + "clients"], "--user", ":".join(plan.AP_LOGIN))


def _look_after_recorder(life: Life, thrown: random.Random) -> None:
    """One telnet login, typed by a person: the right password at the first attempt."""
    assert plan.DVR.telnet is not None

    def type_slowly() -> None:
        life.pause(thrown, 1.5, 4.0)

    with telnet.Session(plan.DVR.ip) as session:
        if session.login(*plan.DVR.telnet, type_slowly):
            session.run(("status", "disk"), type_slowly)
            session.say("exit")
            type_slowly()


LIVING: Final = Living(
    serve=lambda _: None,
    habits=(
        common.tell_time(1_024.0),
        Habit("news", _read_news, 150.0, 0.6, first=10.0, likely=people),
        Habit("shop", _shop, 400.0, 0.7, first=60.0, likely=people),
        Habit("video", _video, 1_500.0, 0.5, first=150.0, likely=people),
        Habit("camera page", _look_at_camera, 1_200.0, 0.7, first=30.0, likely=people),
        Habit("camera stream", _watch_camera, 2_400.0, 0.6, first=300.0, likely=people),
        Habit("glance", _glance, 60.0, 0.2, first=8.0),
        Habit("lights", _lights, 700.0, 0.8, first=20.0, likely=people),
        Habit("look around", _look_around, 180.0, 0.2, first=12.0),
        Habit("background", _background, 45.0, 0.7, first=7.0),
        Habit("access point", _manage_ap, 4 * 3_600.0, 0.5, first=600.0, likely=people),
        Habit("recorder", _look_after_recorder, ONCE, 0.1, first=90.0),
    ),
    vendor_class="",
)
