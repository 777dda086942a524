"""What kinds of attack are called, wherever they are read: in paths, in columns of tables, in labels files."""

from types import MappingProxyType
from typing import Final

from botwarden.core.label import LABELS
from botwarden.core.row import ATTACK, BENIGN

BOTNETS: Final = ("gafgyt", "mirai")
"""The families of the N-BaIoT data set. Others are told by whoever labels rows."""

_OTHER_NAMES: Final = MappingProxyType({"bashlite": "gafgyt", "bashlight": "gafgyt", "qbot": "gafgyt"})
_BENIGN_WORDS: Final = frozenset({"benign", "normal", "0", "0.0", "false"})
_ATTACK_WORDS: Final = frozenset({"attack", "malicious", "anomaly", "anomalous", "1", "1.0", "true"})
_SEPARATORS: Final = "._:- /"

MAX_NAME: Final = 64
"""Characters of a device's, botnet's or attack's name in a table; longer ones are cut."""

NO_ATTACK: Final = ("exposure",)
"""Families of verdicts that name a weakness: nobody attacks, so the packets are benign."""

_OF_FAMILY: Final = MappingProxyType(
    {
        "scan": "scan",
        "bruteforce": "bruteforce",
        "amplification": "amplification",
        "beacon": "beacon",
        "cnc": "cnc",
        "infection": "infection",
        "exploit": "exploit",
        "anomaly": ATTACK,
    }
)
_VERDICTS: Final = MappingProxyType(
    {
        "combo": "flood.tcp",
        "junk": "flood.tcp",
        "beacon": "beacon",
        "cnc": "cnc.beacon",
        "infection": "infection",
        "exploit": "exploit.http",
    }
)


def class_of(label: str) -> tuple[str, str]:
    """(botnet, attack) of packets for which a verdict with this label is right; ``("", "benign")`` for exposures.

    ==================  ==========================
    label               class
    ==================  ==========================
    scan.mirai          mirai, scan
    scan.*              scan
    flood.syn           syn; every flood by its kind
    bruteforce.*        bruteforce
    amplification.*     amplification
    beacon, cnc.*       beacon, cnc
    infection           infection
    exploit.*           exploit
    anomaly             attack
    exposure.*          benign
    ==================  ==========================

    Raises KeyError for what is no label of a verdict.
    """
    if label not in LABELS:
        raise KeyError(label)
    family, _, kind = label.partition(".")
    if family in NO_ATTACK:
        return "", BENIGN
    if family == "flood":
        return "", kind
    return ("mirai" if kind == "mirai" else ""), _OF_FAMILY[family]


def verdict_of(name: str) -> str:
    """The label of the verdict on a device that does what a class is called, such as ``mirai.syn``.

    ==============================  ==========================
    class                           label
    ==============================  ==========================
    mirai.scan                      scan.mirai
    scan                            scan.horizontal
    syn, ack, udp, udpplain, …      the flood of that kind
    combo, junk (of BASHLITE)       flood.tcp: both keep sending over TCP
    beacon, infection               the same
    cnc                             cnc.beacon
    exploit                         exploit.http
    the label of a verdict          itself
    any other                       anomaly
    ==============================  ==========================

    Of N-BaIoT's attacks: Meidan et al. 2018, table 2.
    """
    if name in LABELS:
        return name
    botnet, attack = class_named(name)
    if attack == "scan":
        return "scan.mirai" if botnet == "mirai" else "scan.horizontal"
    if f"flood.{attack}" in LABELS:
        return f"flood.{attack}"
    return _VERDICTS.get(attack, "anomaly")


def botnet_named(text: str) -> str:
    """The usual name of a family of bots: lower case, ``gafgyt`` for ``BASHLITE``; empty for none."""
    name = text.strip().lower()
    return "" if name in _BENIGN_WORDS else _OTHER_NAMES.get(name, name)


def class_named(text: str) -> tuple[str, str]:
    """(botnet, attack) of a class as people write it: ``benign``, ``0``, ``mirai.udp``, ``BASHLITE_scan``, ``attack``.

    The label of a verdict, such as ``flood.syn``, stands for its class (`class_of`).
    """
    name = text.strip().lower()
    if name in _BENIGN_WORDS:
        return "", BENIGN
    if name in _ATTACK_WORDS:
        return "", ATTACK
    if name in LABELS:
        return class_of(name)
    if botnet_named(name) in BOTNETS:
        return botnet_named(name), ATTACK
    for separator in _SEPARATORS:
        botnet, found, attack = name.partition(separator)
        if found and attack and (separator == "." or botnet_named(botnet) in BOTNETS):
            return botnet_named(botnet), attack
    return "", name
