"""Who lives in the lab: addresses, names, accounts. Everything else in this room takes them from here."""

import ipaddress
from dataclasses import dataclass
from typing import Final

PREFIX: Final = "bwlab-"
"""Every namespace of the lab is called this and its role."""

LAN: Final = ipaddress.ip_network("192.168.10.0/24")
LAN6: Final = ipaddress.ip_network("fd6b:1c2e:9a01:10::/64")
"""Unique local addresses (RFC 4193): they lead nowhere but to each other."""
LAN6_GLOBAL: Final = ipaddress.ip_network("2001:db8:10::/64")
"""Addresses under which the internet of the lab is reached without NAT; the range is for documentation (RFC 3849)."""
GATEWAY_IP: Final = "192.168.10.1"
GATEWAY_IP6: Final = "fd6b:1c2e:9a01:10::1"
GATEWAY_GLOBAL6: Final = "2001:db8:10::1"
WAN: Final = ipaddress.ip_network("203.0.113.0/30")
WAN_GATEWAY: Final = "203.0.113.2"
WAN_PROVIDER: Final = "203.0.113.1"
WAN6: Final = ipaddress.ip_network("2001:db8:0:1::/64")
WAN6_GATEWAY: Final = "2001:db8:0:1::2"
WAN6_PROVIDER: Final = "2001:db8:0:1::1"

# The "internet" is made of the ranges that RFC 5737 and RFC 3849 keep for documentation and RFC 2544 for benchmarks:
# nobody's addresses, should a packet ever get out.
SCANNED: Final = ipaddress.ip_network("198.18.0.0/20")
PEERS: Final = ipaddress.ip_network("198.19.0.0/24")
"""Machines of a peer-to-peer botnet."""
INTERNET: Final = (
    ipaddress.ip_network("203.0.113.0/24"),
    ipaddress.ip_network("198.51.100.0/24"),
    SCANNED,
    PEERS,
)
WAN_DOWN: Final = 40.0
WAN_UP: Final = 10.0
"""Mbit/s of the story between the gateway and the internet, as an older household contract has them."""
INTERNET6: Final = (ipaddress.ip_network("2001:db8:ff::/48"),)

DNS_IP: Final = "203.0.113.53"
NTP_IP: Final = "203.0.113.123"
MQTT_IP: Final = "203.0.113.20"
CLOUD_IP: Final = "203.0.113.10"
UPDATE_IP: Final = "203.0.113.11"
BACKUP_IP: Final = "203.0.113.12"
SPEED_IP: Final = "203.0.113.13"
VICTIM_IP: Final = "203.0.113.200"
"""Serves HTTP and DNS, and takes every flood."""
NEWS_IP: Final = "198.51.100.80"
SHOP_IP: Final = "198.51.100.91"
VIDEO_IP: Final = "198.51.100.92"
NEWS_IP6: Final = "2001:db8:ff::80"
CLOUD_IP6: Final = "2001:db8:ff::10"
TELNET_HOSTS: Final = ("198.18.2.77", "198.18.5.140", "198.18.11.9")
"""Machines in the scanned range with a telnet server."""
CLOSED_RANGES: Final = ("198.18.1.0/26", "198.18.4.64/26", "198.18.6.192/26", "198.18.12.0/25")
"""Machines in the scanned range that answer, with all ports closed. The others stay silent."""
PEER_HOSTS: Final = tuple(str(PEERS[n]) for n in range(10, 34))
"""Machines that speak the peer-to-peer protocol."""

# Who guesses from outside, where the bot is fetched from, who gives orders.
INTRUDER_IP: Final = "198.51.100.66"
LOADER_IP: Final = "198.51.100.67"
CNC_IP: Final = "203.0.113.66"
CNC_PORT: Final = 2348
IRC_IP: Final = "203.0.113.67"
IRC_PORT: Final = 6667
BEACON_IP: Final = "203.0.113.68"
BEACON_PORT: Final = 7412
PAYLOAD_PATH: Final = "/bins/lab.arm7"
PAYLOAD_URL: Final = f"http://{LOADER_IP}{PAYLOAD_PATH}"

NAMES: Final = {
    "cloud.camera.example": CLOUD_IP,
    "events.doorbell.example": CLOUD_IP,
    "api.thermostat.example": CLOUD_IP,
    "bridge.bulbs.example": CLOUD_IP,
    "mqtt.sensors.example": MQTT_IP,
    "mqtt.plugs.example": MQTT_IP,
    "ntp.pool.example": NTP_IP,
    "firmware.example": UPDATE_IP,
    "backup.example": BACKUP_IP,
    "speed.example": SPEED_IP,
    "news.example": NEWS_IP,
    "img.news.example": NEWS_IP,
    "shop.example": SHOP_IP,
    "video.example": VIDEO_IP,
    "victim.example": VICTIM_IP,
}
"""Names that the internet's name server knows."""
NAMES6: Final = {"news.example": NEWS_IP6, "cloud.camera.example": CLOUD_IP6}
WEB_IPS: Final = (CLOUD_IP, UPDATE_IP, BACKUP_IP, SPEED_IP, NEWS_IP, SHOP_IP, VIDEO_IP)
WEB_IPS6: Final = (NEWS_IP6, CLOUD_IP6)

INTERNET_HOSTS: Final = (
    *(DNS_IP, NTP_IP, MQTT_IP, *WEB_IPS, VICTIM_IP, *TELNET_HOSTS, *PEER_HOSTS),
    *(INTRUDER_IP, LOADER_IP, CNC_IP, IRC_IP, BEACON_IP),
)
"""Addresses that answer."""


@dataclass(frozen=True, slots=True)
class Device:
    """A device on the LAN.

    role : names its namespace and its program
    name : what it calls itself in DHCP
    kind : what it is, in the inventory's words
    line : how fast its wire or radio is, either way, Mbit/s of the story
    telnet : name and password of its telnet server; None: it has none
    weak : whether that password is in Mirai's dictionary
    """

    role: str
    mac: str
    ip: str
    name: str
    vendor: str
    kind: str
    line: float
    what: str
    telnet: tuple[str, str] | None = None
    weak: bool = False


# The first three bytes are really registered to the vendor, so that a look-up has something to say. Strong passwords
# are made up for the lab; weak ones are no secrets: they are in Mirai's dictionary (USENIX Security 2017, table 5).
CAMERA: Final = Device(
    role="camera",
    mac="44:19:b6:5a:21:0c",
    ip="192.168.10.20",
    name="porch-camera",
    vendor="Hikvision",
    kind="camera",
    line=4.0,
    what="HTTP camera with a video stream; its telnet has a factory password",
    telnet=("root", "vizxv"),
    weak=True,
)
DVR: Final = Device(
    role="dvr",
    mac="3c:ef:8c:17:e0:42",
    ip="192.168.10.21",
    name="garage-dvr",
    vendor="Dahua",
    kind="camera",
    line=6.0,
    what="video recorder; its telnet has a good password",
    telnet=("operator", "heron-lake-19"),
)
DOORBELL: Final = Device(
    role="doorbell",
    mac="34:3e:a4:0b:77:d1",
    ip="192.168.10.22",
    name="front-door",
    vendor="Ring",
    kind="doorbell",
    line=4.0,
    what="doorbell that sends events and clips to its maker",
)
PLUG: Final = Device(
    role="plug",
    mac="10:5a:17:6e:20:9b",
    ip="192.168.10.23",
    name="washer-plug",
    vendor="Tuya",
    kind="plug",
    line=4.0,
    what="smart plug on one MQTT connection",
)
HUB: Final = Device(
    role="hub",
    mac="ec:b5:fa:1c:33:08",
    ip="192.168.10.24",
    name="bulb-hub",
    vendor="Philips",
    kind="hub",
    line=4.0,
    what="hub of light bulbs: CoAP, mDNS and SSDP",
)
AP: Final = Device(
    role="ap",
    mac="a0:04:60:91:4e:2a",
    ip="192.168.10.25",
    name="attic-ap",
    vendor="Netgear",
    kind="access point",
    line=8.0,
    what="access point with a web page; its telnet has a factory password",
    telnet=("admin", "1234"),
    weak=True,
)
THERMOSTAT: Final = Device(
    role="thermostat",
    mac="44:61:32:7d:05:e6",
    ip="192.168.10.26",
    name="hall-thermostat",
    vendor="ecobee",
    kind="thermostat",
    line=4.0,
    what="thermostat that polls its maker over HTTPS",
)
SENSOR: Final = Device(
    role="sensor",
    mac="24:0a:c4:9d:03:b8",
    ip="192.168.10.30",
    name="greenhouse-sensor",
    vendor="Espressif",
    kind="sensor",
    line=4.0,
    what="climate sensor that publishes over MQTT",
)
LAPTOP: Final = Device(
    role="laptop",
    mac="d4:be:d9:2e:71:f5",
    ip="192.168.10.40",
    name="annas-laptop",
    vendor="Dell",
    kind="computer",
    line=50.0,
    what="laptop: browses, watches videos and the camera, looks after the recorder",
)
DEVICES: Final = (CAMERA, DVR, DOORBELL, PLUG, HUB, AP, THERMOSTAT, SENSOR, LAPTOP)
BY_ROLE: Final = {device.role: device for device in DEVICES}
GATEWAY_MAC: Final = "50:c7:bf:c4:18:01"
GATEWAY_VENDOR: Final = "TP-Link"
ROLES: Final = ("gateway", "internet", *BY_ROLE)
"""Every namespace."""

CAMERA_LOGIN: Final = ("viewer", "porch-light")
"""Of the camera's web page and stream."""
AP_LOGIN: Final = ("admin", "attic-ladder-7")
"""Of the access point's web page."""

MIRAI_GUESSES: Final = (
    ("root", "xc3511"),
    ("admin", "admin"),
    ("root", "888888"),
    ("root", "default"),
    ("support", "support"),
    ("root", "vizxv"),
    ("user", "user"),
    ("root", "12345"),
    ("admin", "1234"),
    ("guest", "guest"),
    ("root", "pass"),
    ("admin", "smcadmin"),
)
"""What the emulated bots try, in an order of their own."""


def namespace(role: str) -> str:
    """The name of the network namespace of a role."""
    return PREFIX + role


def link_local(mac: str) -> str:
    """The IPv6 link-local address made from a MAC (RFC 4291, appendix A)."""
    return _eui64("fe80::", mac)


def lan6(mac: str) -> str:
    """The address that a device gives itself in `LAN6` (RFC 4862)."""
    return _eui64(str(LAN6.network_address), mac)


def global6(mac: str) -> str:
    """The address that a device gives itself in `LAN6_GLOBAL`."""
    return _eui64(str(LAN6_GLOBAL.network_address), mac)


def _eui64(prefix: str, mac: str) -> str:
    octets = bytes.fromhex(mac.replace(":", ""))
    low = bytes([octets[0] ^ 2]) + octets[1:3] + b"\xff\xfe" + octets[3:]
    return str(ipaddress.IPv6Address(int(ipaddress.IPv6Address(prefix)) | int.from_bytes(low, "big")))
