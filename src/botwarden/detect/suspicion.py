"""What is odd about a channel to the outside: points that add up to how likely command and control is.

Honest devices call home like clockwork, so a rhythm alone is worth little. It takes one thing that is *telling*, a
port or a way of speaking that no usual service has, and something more beside it. `docs/detection-cnc.md` tells
the points; a name that was looked up in the ordinary way speaks for the other end.
"""

from dataclasses import dataclass
from statistics import median
from typing import Final

from botwarden.detect.acquaintance import Acquaintance, is_made_up
from botwarden.detect.behaviours.beacon import USUAL_PORTS
from botwarden.detect.channel import Channel
from botwarden.detect.rhythm import sameness
from botwarden.detect.words import share

UDP_ALWAYS: Final = frozenset((53, 123))
"""UDP ports of name and time servers, which honest devices ask for ever; only another protocol there is looked at."""
LOGIN_PORTS: Final = frozenset((22, 23, 2323))
"""Where Mirai's and BASHLITE's controllers like to listen, for firewalls let them pass."""
KNOWN_BY_CONTENT: Final = frozenset((22, 23, 2323, 80, 443, 853, 1883, 8443, 8883))
"""TCP ports whose usual protocols are recognised by what is said, so that to recognise none is odd."""
EXPECTED: Final = {
    21: {"ftp", "ssl"}, 22: {"ssh"}, 23: {"telnet"}, 25: {"smtp", "ssl"}, 53: {"dns"}, 80: {"http", "websocket"},
    110: {"pop3", "ssl"}, 123: {"ntp"}, 143: {"imap", "ssl"}, 443: {"ssl", "quic", "http", "websocket"},
    465: {"ssl", "smtp"}, 554: {"rtsp"}, 587: {"smtp", "ssl"}, 853: {"ssl", "quic"}, 993: {"ssl", "imap"},
    995: {"ssl", "pop3"}, 1883: {"mqtt"}, 1935: {"rtmp"}, 2323: {"telnet"}, 5060: {"sip"}, 5061: {"ssl", "sip"},
    5222: {"xmpp", "ssl"}, 5223: {"xmpp", "ssl"}, 5683: {"coap"}, 5684: {"ssl", "dtls"}, 6667: {"irc"},
    8080: {"http", "ssl", "websocket"}, 8443: {"ssl", "http", "quic", "websocket"}, 8883: {"ssl", "mqtt"},
}  # fmt: skip
"""Protocols that belong on a port, in the words of conn.log."""
ORDERS: Final = frozenset(("irc", "bashlite"))
"""Protocols that bots are ordered about with and devices of a home have no use for."""
_WORDS: Final = {"irc": "IRC", "http": "HTTP", "ssl": "TLS", "ssh": "SSH", "dns": "DNS", "mqtt": "MQTT", "ftp": "FTP"}

MIN_FAILED: Final = 0.9
MIN_SAME: Final = 0.8  # share of the conversations that are equally long
SMALL: Final = 1024  # bytes to either side of an ordinary question and answer
FEW_DEVICES: Final = 3
"""Devices from which on it says something how many of them talk to an address."""


@dataclass(frozen=True, slots=True)
class Line:
    """From whom to where."""

    device: str
    peer: str
    proto: str
    port: int


@dataclass(frozen=True, slots=True)
class Oddity:
    """One thing that is odd, or, with negative points, that speaks for the other end.

    telling : whether usual services do not have it
    """

    key: str
    points: float
    words: str
    telling: bool = False


def oddities(line: Line, channel: Channel, known: Acquaintance, *, self_signed: bool = False) -> list[Oddity]:
    """Everything that is odd about a channel, apart from its rhythm or length; what tells most comes first."""
    found = [
        _protocol(line, channel),
        _port(line),
        _name(line, known),
        _failures(channel, known),
        _sizes(channel),
        _rarity(line, known),
        Oddity("certificate", 0.1, "its certificate is signed by itself") if self_signed else None,
    ]
    return [oddity for oddity in found if oddity]


def _protocol(line: Line, channel: Channel) -> Oddity | None:
    answered = channel.tries - channel.failed
    spoken = [name for name, times in channel.services.items() if 2 * times >= answered]
    for name in spoken:
        if name in ORDERS:
            return Oddity("protocol", 0.3, f"it speaks {_WORDS.get(name, name)}, by which bots get orders", True)
    expected = EXPECTED.get(line.port)
    if spoken and expected is not None and not expected.intersection(spoken):
        points = 0.2 if spoken == ["ssl"] else 0.3
        words = " and ".join(_WORDS.get(name, name) for name in spoken[:2])
        return Oddity("protocol", points, f"it speaks {words}, which does not belong on that port", True)
    if line.proto != "tcp" or line.port not in KNOWN_BY_CONTENT or spoken:
        return None
    if not channel.spoken or 2 * channel.wordless < channel.spoken:
        return None
    points = 0.35 if line.port in LOGIN_PORTS else 0.25
    return Oddity("protocol", points, "what it says is no protocol that belongs on that port", True)


def _port(line: Line) -> Oddity | None:
    if line.port in USUAL_PORTS:
        return None
    if line.proto == "udp":  # every other camera and game has a UDP port of its own
        return Oddity("port", 0.1, "no usual service has that port")
    return Oddity("port", 0.2, "no usual service has that port", True)


def _name(line: Line, known: Acquaintance) -> Oddity | None:
    name = known.name_of(line.peer)
    if name is None:
        if known.asks(line.device):
            return Oddity("unnamed", 0.2, "it never looked that address up by a name, as it does with others")
        return Oddity("unnamed", 0.1, "no name was ever looked up for that address")
    if is_made_up(name):
        return Oddity("name", 0.2, f"the name that it looked up, {name}, looks made up", True)
    return Oddity("named", -0.15, f"it looked that address up as {name}")


def _failures(channel: Channel, known: Acquaintance) -> Oddity | None:
    if channel.failed < MIN_FAILED * channel.tries:
        return None
    beats = channel.beats()
    if 2 * sum(1 for ts in beats if known.online(ts)) < len(beats):
        return None
    if channel.failed == channel.tries:
        return Oddity("failed", 0.2, "it never got an answer, while others did")
    return Oddity(
        "failed", 0.2, f"it got no answer in {share(channel.failed, channel.tries)} of them, while others did"
    )


def _sizes(channel: Channel) -> Oddity | None:
    if len(channel.sizes) < 5:
        return None
    sent, received = [s for s, _ in channel.sizes], [r for _, r in channel.sizes]
    usual = median(sent), median(received)
    if max(usual) > SMALL or not any(usual) or min(sameness(sent), sameness(received)) < MIN_SAME:
        return None
    return Oddity("sizes", 0.1, f"they are alike, {usual[0]:,.0f} bytes out and {usual[1]:,.0f} in")


def _rarity(line: Line, known: Acquaintance) -> Oddity | None:
    partners, devices = known.partners(line.peer), known.devices
    if devices < FEW_DEVICES:
        return None
    if partners >= FEW_DEVICES and 2 * partners >= devices:
        return Oddity("common", -0.2, f"{partners} of {devices} devices talk to it")
    if partners <= 1:
        return Oddity("rare", 0.05, f"none of the other {devices - 1} devices talks to it")
    return None
