"""Who lives in the lab: addresses, names, accounts. Everything else in this folder takes them from here."""

import ipaddress
from dataclasses import dataclass
from typing import Final

PREFIX: Final = "bwexample-"
"""Every namespace of these recordings is called this and its role; those of `botwarden lab` are called otherwise."""

LAN: Final = ipaddress.ip_network("192.168.10.0/24")
LAN6: Final = ipaddress.ip_network("fd6b:1c2e:9a01:10::/64")
GATEWAY_IP: Final = "192.168.10.1"
GATEWAY_IP6: Final = "fd6b:1c2e:9a01:10::1"
WAN_GATEWAY: Final = "203.0.113.2"
WAN_PROVIDER: Final = "203.0.113.1"
WAN: Final = ipaddress.ip_network("203.0.113.0/30")

# The "internet" is made of the ranges that RFC 5737 keeps for documentation and RFC 2544 for benchmarks:
# nobody's addresses, should a packet ever get out.
SCANNED: Final = ipaddress.ip_network("198.18.0.0/21")
INTERNET: Final = (
    ipaddress.ip_network("203.0.113.0/24"),
    ipaddress.ip_network("198.51.100.0/24"),
    SCANNED,
)

DNS_IP: Final = "203.0.113.53"
NTP_IP: Final = "203.0.113.123"
MQTT_IP: Final = "203.0.113.20"
CLOUD_IP: Final = "203.0.113.10"
VICTIM_IP: Final = "203.0.113.200"
NEWS_IP: Final = "198.51.100.80"
SHOP_IP: Final = "198.51.100.91"
TELNET_HOSTS: Final = ("198.18.2.77", "198.18.5.140")
"""Machines in the scanned range with a telnet server."""
CLOSED_RANGES: Final = ("198.18.1.0/26", "198.18.4.64/26", "198.18.6.192/26")
"""Machines in the scanned range that answer, with all ports closed. The others stay silent."""

# The break-in: who guesses, where the bot is fetched from, who gives orders.
INTRUDER_IP: Final = "198.51.100.66"
LOADER_IP: Final = "198.51.100.67"
CNC_IP: Final = "203.0.113.66"
CNC_PORT: Final = 2348
PAYLOAD_PATH: Final = "/bins/lab.arm7"
PAYLOAD_URL: Final = f"http://{LOADER_IP}{PAYLOAD_PATH}"
MAPPED_PORT: Final = 40823
"""Port of the router that the camera has opened to its telnet."""

NAMES: Final = {
    "cloud.camera.example": CLOUD_IP,
    "mqtt.sensors.example": MQTT_IP,
    "ntp.pool.example": NTP_IP,
    "news.example": NEWS_IP,
    "img.news.example": NEWS_IP,
    "shop.example": SHOP_IP,
}
WEB_IPS: Final = (CLOUD_IP, NEWS_IP, SHOP_IP)


@dataclass(frozen=True, slots=True)
class Device:
    """A device on the LAN. ``role`` names its namespace, ``name`` is what it calls itself in DHCP."""

    role: str
    mac: str
    ip: str
    name: str
    vendor: str
    what: str


# The first three bytes are really registered to the vendor, so that a look-up has something to say.
CAMERA: Final = Device(
    "camera", "44:19:b6:5a:21:0c", "192.168.10.20", "porch-camera", "Hikvision", "HTTP camera; turns into a bot"
)
DVR: Final = Device(
    "dvr", "3c:ef:8c:17:e0:42", "192.168.10.21", "garage-dvr", "Dahua", "video recorder with a telnet server"
)
SENSOR: Final = Device(
    "sensor", "24:0a:c4:9d:03:b8", "192.168.10.30", "greenhouse-sensor", "Espressif", "MQTT climate sensor"
)
LAPTOP: Final = Device(
    "laptop", "d4:be:d9:2e:71:f5", "192.168.10.40", "annas-laptop", "Dell", "laptop: browses, watches the camera"
)
DEVICES: Final = (CAMERA, DVR, SENSOR, LAPTOP)
GATEWAY_MAC: Final = "50:c7:bf:c4:18:01"
GATEWAY_VENDOR: Final = "TP-Link"

# Made up for this recording; in use nowhere else.
CAMERA_LOGIN: Final = ("viewer", "porch-light")
DVR_LOGIN: Final = ("operator", "heron-lake-19")
GUESSES: Final = (
    ("admin", "orchid-mill"),
    ("admin", "dvr-basement"),
    ("root", "paper-kite"),
    ("root", "copper-fern"),
    ("service", "service-hatch"),
    ("user", "window-seat"),
    ("guest", "tin-roof"),
    ("support", "blue-ladder"),
    ("operator", "operator-desk"),
    ("operator", "night-shift"),
    ("tech", "spare-fuse"),
    ("default", "garden-gate"),
    ("operator", "heron-lake"),
)

# These are no secrets: all are in Mirai's dictionary (its source, and USENIX Security 2017, table 5).
CAMERA_TELNET_LOGIN: Final = ("root", "vizxv")
MIRAI_GUESSES: Final = (
    ("root", "xc3511"),
    ("admin", "admin"),
    ("root", "888888"),
    ("root", "default"),
    ("support", "support"),
    ("admin", "1234"),
    ("user", "user"),
    ("root", "12345"),
    ("guest", "guest"),
    ("root", "pass"),
    ("admin", "smcadmin"),
)


def namespace(role: str) -> str:
    """The name of the network namespace of a role."""
    return PREFIX + role


def link_local(mac: str) -> str:
    """The IPv6 link-local address made from a MAC (RFC 4291, appendix A)."""
    return _eui64("fe80::", mac)


def lan6(mac: str) -> str:
    """The address that a device gives itself in `LAN6` (RFC 4862)."""
    return _eui64(str(LAN6.network_address), mac)


def _eui64(prefix: str, mac: str) -> str:
    octets = bytes.fromhex(mac.replace(":", ""))
    low = bytes([octets[0] ^ 2]) + octets[1:3] + b"\xff\xfe" + octets[3:]
    return str(ipaddress.IPv6Address(int(ipaddress.IPv6Address(prefix)) | int.from_bytes(low, "big")))
