"""The labels that a verdict can carry: the one list from which help, pages and reports take their words."""

from dataclasses import dataclass
from typing import Final

from botwarden.core.verdict import Severity

FAMILIES: Final = (
    "scan",
    "bruteforce",
    "flood",
    "amplification",
    "beacon",
    "cnc",
    "infection",
    "exploit",
    "exposure",
    "anomaly",
)


@dataclass(frozen=True, slots=True)
class Label:
    """A kind of verdict.

    name : ``family`` or ``family.kind``
    title : for headings, as said of the device that does it
    victim_title : the same as said of the device that suffers it
    meaning : one sentence for someone who has never heard of it
    severity : of the attacker's verdict, before its size is looked at
    """

    name: str
    title: str
    victim_title: str
    meaning: str
    severity: Severity

    @property
    def family(self) -> str:
        """The part before the dot."""
        return self.name.partition(".")[0]


def _flood(kind: str, article: str, words: str, what: str) -> Label:
    return Label(
        f"flood.{kind}",
        f"Floods another machine ({words})",
        f"Target of {article} {words} flood",
        f"Sends {what} at a rate whose only use is to overload the receiver.",
        "critical",
    )


def _amplification(kind: str, words: str) -> Label:
    return Label(
        f"amplification.{kind}",
        f"Abused to amplify attacks ({words})",
        f"Target of {words} amplification",
        f"{words} answers sent to a machine that never asked: requests with a forged source make a server flood it.",
        "high",
    )


def _guessing(kind: str, words: str) -> Label:
    return Label(
        f"bruteforce.{kind}",
        f"Guesses {words} passwords",
        f"Its {words} passwords are being guessed",
        f"One {words} login after another against the same machine, the way bots break in.",
        "critical",
    )


_ALL: Final = (
    Label(
        "scan.mirai",
        "Scans like Mirai",
        "Scanned by Mirai",
        "Sends connection requests whose TCP sequence number equals the target's address, the mark of Mirai's scanner.",
        "critical",
    ),
    Label(
        "scan.horizontal",
        "Scans the network for open ports",
        "Probed by a network scan",
        "Tries the same port on many addresses, most of which do not answer.",
        "high",
    ),
    Label(
        "scan.vertical",
        "Scans a machine's ports",
        "Its ports are being scanned",
        "Tries many ports of one machine, most of which are closed.",
        "high",
    ),
    Label(
        "scan.udp",
        "Scans over UDP",
        "Probed by a UDP scan",
        "Sends UDP packets to many addresses or ports that do not answer.",
        "high",
    ),
    Label(
        "scan.arp",
        "Looks for every machine on the local network (ARP)",
        "Probed by an ARP scan",
        "Asks for the hardware address of one local address after another.",
        "medium",
    ),
    Label(
        "scan.icmp",
        "Pings many addresses",
        "Probed by a ping sweep",
        "Sends pings to many addresses to find out which exist.",
        "medium",
    ),
    _guessing("telnet", "telnet"),
    _guessing("ssh", "SSH"),
    _guessing("ftp", "FTP"),
    _guessing("http", "HTTP"),
    _guessing("rtsp", "RTSP"),
    _guessing("mqtt", "MQTT"),
    _flood("syn", "a", "SYN", "TCP connection requests that it never completes"),
    _flood("ack", "an", "ACK", "TCP packets that belong to no connection"),
    _flood("tcp", "a", "TCP", "TCP packets with flags that belong to no connection, or makes connections for nothing,"),
    _flood("udp", "a", "UDP", "UDP packets that nobody answers"),
    _flood("udpplain", "a", "plain UDP", "equal UDP packets to one port that nobody answers"),
    _flood("icmp", "an", "ICMP", "pings"),
    _flood("gre", "a", "GRE", "GRE tunnel packets that nobody answers"),
    _flood("dns", "a", "DNS", "DNS queries"),
    _flood("http", "an", "HTTP", "web requests"),
    _amplification("dns", "DNS"),
    _amplification("ntp", "NTP"),
    _amplification("ssdp", "SSDP"),
    _amplification("snmp", "SNMP"),
    _amplification("cldap", "CLDAP"),
    _amplification("memcached", "memcached"),
    _amplification("chargen", "chargen"),
    _amplification("isakmp", "IKE"),
    _amplification("mdns", "mDNS"),
    _amplification("coap", "CoAP"),
    _amplification("wsd", "WS-Discovery"),
    _amplification("synack", "TCP SYN-ACK"),
    _amplification("udp", "UDP"),
    Label(
        "beacon",
        "Calls one address again and again",
        "Called again and again",
        "Contacts the same outside address at regular intervals, as a bot asks its controller for orders.",
        "medium",
    ),
    Label(
        "cnc.beacon",
        "Calls an odd address like a bot its controller",
        "Called like a bot's controller",
        "Talks to one outside address at a regular beat or for hours, in a way that no honest service needs.",
        "high",
    ),
    Label(
        "cnc.irc",
        "Takes orders like a bot, in plain text",
        "Bots take orders from it",
        "Sits in a chat channel (IRC) or on a plain line where orders are called out, as bots of many families do.",
        "critical",
    ),
    Label(
        "cnc.dga",
        "Looks for its controller under made-up names",
        "Its names are guessed by bots",
        "Asks for one made-up domain after another that does not exist: malware tries the names of the day in turn.",
        "high",
    ),
    Label(
        "cnc.tunnel",
        "Smuggles data in DNS queries",
        "Data is smuggled to it in DNS queries",
        "Asks for ever new, long and meaningless names below one domain: the names themselves carry the data.",
        "high",
    ),
    Label(
        "infection",
        "Has been broken into and infected",
        "Has been broken into",
        "A stranger got into the device, and what followed shows what for: the steps are told in their order.",
        "critical",
    ),
    Label(
        "exploit.http",
        "Sends exploits to other machines",
        "Exploits are sent to it",
        "Web requests in the shape of known attacks on cameras and routers, which run the sender's commands.",
        "critical",
    ),
    Label(
        "anomaly",
        "Behaves unusually",
        "Is treated unusually",
        "Its packets are unlike the normal traffic that a model has learned; what they are for, the model cannot say.",
        "medium",
    ),
    Label(
        "exposure.credentials",
        "Lets anyone in with a known password",
        "Anyone can log in with a known password",
        "A login succeeded in clear with a name and password from lists that every bot tries first.",
        "medium",
    ),
    Label(
        "exposure.telnet",
        "Offers telnet to the internet",
        "Its telnet can be reached from the internet",
        "Outside machines reached its telnet login, the door through which most IoT bots come.",
        "medium",
    ),
    Label(
        "exposure.port_mapping",
        "Has the router open a port to it",
        "A port of the router leads to it",
        "The router was asked (UPnP, NAT-PMP) to let the internet reach a port of this device, and did.",
        "medium",
    ),
    Label(
        "exposure.service",
        "Serves a port that it did not serve before",
        "Is used on a port that it did not serve before",
        "A port that was closed or unused answers all at once, and strangers use it: bots open such doors.",
        "medium",
    ),
)

LABELS: Final[dict[str, Label]] = {label.name: label for label in _ALL}
"""Every label in use, by name. `FAMILIES` also lists the families that later detectors add to."""
