"""What can be done in the lab, by name: what bots do, and what only looks like it.

An act is a function of an `Actor` and options of its own; its first line says what it does. All that leaves goes
through `links` or `raw`, which ask the actor's permit; a test holds every module of this room to that.
"""

import inspect
from collections.abc import Callable
from typing import Any, Final, get_type_hints

import msgspec

from botwarden.lab.acting import ActTable, Outcome
from botwarden.lab.acts import (
    arp,
    beacon,
    call,
    chat,
    checker,
    dga,
    fetch,
    guess,
    intrude,
    p2p,
    packet_floods,
    restarts,
    scan,
    socket_floods,
    sweep,
    transfers,
    upnp,
)
from botwarden.lab.errors import LabError

MAX_NUMBER: Final = 1_000_000
"""No option is larger, and what an act makes room for by one stays small."""
MAX_PORT: Final = 65_535
PORTS: Final = ("port", "outside")
"""Options that are TCP or UDP ports."""

ACTS: Final[ActTable] = {
    "scan": scan.scan,
    "scan-bashlite": sweep.bashlite,
    "scan-slow": sweep.slow,
    "scan-vertical": sweep.vertical,
    "guess": guess.guess,
    "intrude": intrude.intrude,
    "download": fetch.download,
    "call": call.call,
    "obey": call.obey,
    "irc": chat.irc,
    "lines": chat.lines,
    "beacon": beacon.beacon,
    "dga": dga.dga,
    "p2p": p2p.p2p,
    "upnp": upnp.upnp,
    "arp-spoof": arp.spoof,
    "flood-syn": packet_floods.syn,
    "flood-ack": packet_floods.ack,
    "flood-tcp": packet_floods.tcp,
    "flood-udp": packet_floods.udp,
    "flood-udpplain": socket_floods.udpplain,
    "flood-vse": packet_floods.vse,
    "flood-gre": packet_floods.gre,
    "flood-dns": packet_floods.dns,
    "flood-icmp": packet_floods.icmp,
    "flood-http": socket_floods.http,
    "flood-junk": socket_floods.junk,
    "flood-combo": socket_floods.combo,
    "checker": checker.checker,
    "backup": transfers.backup,
    "update": transfers.update,
    "speed-test": transfers.speed_test,
    "restart-storm": restarts.restart_storm,
}
"""Every act."""


def what(act: str) -> str:
    """One sentence about an act."""
    return (inspect.getdoc(ACTS[act]) or "").partition("\n")[0]


def options_of(act: str) -> dict[str, tuple[type, Any]]:
    """Type and default of each option of an act."""
    function: Callable[..., Outcome] = ACTS[act]
    hints = get_type_hints(function)
    found = inspect.signature(function).parameters.values()
    return {one.name: (hints[one.name], one.default) for one in found if one.kind is one.KEYWORD_ONLY}


def check(act: str, options: dict[str, Any]) -> dict[str, Any]:
    """The options as the act takes them. Raises LabError for an unknown act or option, or a value of another kind."""
    if act not in ACTS:
        raise LabError(f"there is no act {act!r}; there is {', '.join(ACTS)}")
    known = options_of(act)
    for name in options:
        if name not in known:
            raise LabError(f"{act} has no option {name!r}; it has {', '.join(known)}")
    return {name: _value(act, name, known[name][0], value) for name, value in options.items()}


def _value(act: str, name: str, kind: type, value: object) -> object:
    """An option's value as the act takes it. Raises LabError."""
    try:
        taken: object = msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        raise LabError(f"{act}: {name}: {error}") from None
    most = MAX_PORT if name in PORTS else MAX_NUMBER
    if isinstance(taken, int | float) and not 0 <= taken <= most:
        shown = f"{taken:g}" if isinstance(taken, float) else str(taken)[:20]
        raise LabError(f"{act}: {name} is {shown}; it is a number from 0 to {most}")
    return taken
