"""Addresses, names and passwords that only the cases use; the house is `lab.plan`'s."""

import random
import string
from typing import Final

from lab import plan

AUTHORITY_IP: Final = "203.0.113.54"
"""The name server of `TUNNEL_ZONE`."""
FRIEND_IP: Final = "198.51.100.70"
ADDRESSES: Final = (AUTHORITY_IP, FRIEND_IP)
CALLED_PORT: Final = 7412
CHAT_PORT: Final = 6667
LINES_PORT: Final = 666
WEATHER_PORT: Final = 14580  # APRS-IS
UDP_PORT: Final = 20_101
DOOR_PORT: Final = 31_337

FTP_LOGIN: Final = ("operator", "heron-lake-19")
MQTT_LOGIN: Final = ("climate", "moss-garden-7")
SSH_LOGIN: Final = ("anna", "lime-tree-path")
FACTORY_LOGIN: Final = ("admin", "admin")
"""In every list of factory passwords; the others are made up for the cases."""

TUNNEL_ZONE: Final = "example.net"
DGA_NAMES: Final = 60
_DGA_TOPS: Final = ("com", "net", "org", "info")


def made_up_names() -> list[str]:
    """The names of the day: letters at random, from a fixed seed; nobody is asked for them outside the lab."""
    choice = random.Random(20)
    letters = string.ascii_lowercase
    return [
        f"{''.join(choice.choices(letters, k=choice.randint(12, 16)))}.{_DGA_TOPS[n % 4]}" for n in range(DGA_NAMES)
    ]


def cdn_names() -> list[str]:
    """Names with hashes in them, as networks that deliver content have them."""
    choice = random.Random(21)
    hashed = ["".join(choice.choices(string.digits + "abcdefghijklmnopqrstuvwxyz", k=13)) for _ in range(12)]
    return [
        *(f"d{part}.cloudfront.net" for part in hashed[:4]),
        *(f"r{n}---sn-{part[:9]}.cdn.example.com" for n, part in enumerate(hashed[4:8])),
        *(f"{part}-lb.eu-central-1.elb.example.org" for part in hashed[8:]),
    ]


NAMES: Final = {
    "plug-cloud.example": plan.CLOUD_IP,
    "chat.example": plan.CNC_IP,
    "rotate.weather.example": FRIEND_IP,
    made_up_names()[-1]: plan.CNC_IP,
    **dict.fromkeys(cdn_names(), plan.NEWS_IP),
}
