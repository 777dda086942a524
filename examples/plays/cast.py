"""Addresses, ports, names and passwords that only the cases use; the house is that of `botwarden.lab.plan`."""

import random
import string
from typing import Final

from botwarden.lab import plan

AUTHORITY_IP: Final = "203.0.113.54"
"""The name server of `TUNNEL_ZONE`."""
WEATHER_IP: Final = "198.51.100.70"
ADDRESSES: Final = (AUTHORITY_IP, WEATHER_IP)
WEATHER_PORT: Final = 14_580  # APRS-IS
DOOR_PORT: Final = 31_337
RECORDINGS_PORT: Final = 8_899
OUTSIDE_IP: Final = plan.TELNET_HOSTS[0]
"""A machine outside that has a web page, and SSH in one case."""

FTP_LOGIN: Final = ("operator", "heron-lake-19")
MQTT_LOGIN: Final = ("climate", "moss-garden-7")
SSH_LOGIN: Final = ("anna", "lime-tree-path")
FACTORY_LOGIN: Final = ("admin", "admin")
"""In every list of factory passwords; the others are made up for the cases."""
OLD_PASSWORD: Final = "willow-bend"

TUNNEL_ZONE: Final = "example.net"


def cdn_names() -> list[str]:
    """Names with hashes in them, as networks that deliver content have them."""
    choice = random.Random(21)
    hashed = ["".join(choice.choices(string.digits + string.ascii_lowercase, k=13)) for _ in range(12)]
    return [
        *(f"d{part}.cloudfront.net" for part in hashed[:4]),
        *(f"r{n}---sn-{part[:9]}.cdn.example.com" for n, part in enumerate(hashed[4:8])),
        *(f"{part}-lb.eu-central-1.elb.example.org" for part in hashed[8:]),
    ]


NAMES: Final = {"rotate.weather.example": WEATHER_IP, **dict.fromkeys(cdn_names(), plan.NEWS_IP)}
"""Names besides those of the lab's internet."""
