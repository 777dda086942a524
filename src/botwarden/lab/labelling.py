"""What was played, as a labels file: who is who, and who did what to whom from when to when, on either side of NAT."""

import ipaddress
import math
from collections.abc import Sequence
from typing import Final

import msgspec

from botwarden.core.labels import BenignNote, Interval, LabelledDevice, Labels
from botwarden.lab import plan
from botwarden.lab.acting import Done
from botwarden.lab.scenario import Step

UNNAMED_ALSO: Final = ["anomaly"]
"""The verdict that is right of an attack for which there is no name."""
EXPOSURE: Final = "exposure"
ASKED_ON: Final = ("cnc.dga", "flood.dns")
"""What is asked of the router, which asks a name server beyond NAT in its turn."""
CALLS_FIRST: Final = ("obey",)
"""Acts that call the controller before what counts begins."""
CONTACT_ALSO: Final = ["cnc.beacon", "beacon", "anomaly"]
ASKS: Final = ("dga",)
"""Acts that tell no target because they ask the router for names."""
FETCHED: Final = "infection"
"""The verdict on who was broken into and has fetched the bot's file."""
ROUTER: Final = "router"
BEYOND: Final = "nat"
"""The role of the router's outside. Not that of a gateway, which only passes on what others send: out there, everything
that it sends is its own."""


class Played(msgspec.Struct, frozen=True, kw_only=True):
    """A step of a scenario that was played."""

    scenario: str
    number: int
    """Of the casting, from 0: the same for steps that one played in one go."""
    botnet: str
    actor: str
    """A role of `plan.BY_ROLE`, or ``internet``."""
    step: Step
    began: float
    """When it was set going, story time; what counts began at ``done.start``."""
    done: Done

    @property
    def harmless(self) -> bool:
        """Whether it only looks like an attack."""
        return not (self.step.label or self.step.victim or self.step.attack)

    @property
    def what(self) -> str:
        """One sentence."""
        return self.step.what or self.done.what


def lan_labels(played: Sequence[Played], *, capture: str = "", sha256: str = "", recorded: str = "") -> Labels:
    """The labels of what was recorded on the LAN: each device is told by its MAC."""
    found: list[Interval] = []
    for one in played:
        _contact(found, one)
        device = plan.BY_ROLE.get(one.actor)
        if device is not None and (one.step.label or _attack(one)):
            found.append(_attacker(one, device.mac, _target(one)))
        suffered = _victim(one)
        found += [*suffered, *_infected(one, suffered)]
    return Labels(
        capture=capture,
        sha256=sha256,
        recorded=recorded,
        lan=[str(plan.LAN), str(plan.LAN6), str(plan.LAN6_GLOBAL)],
        devices=_devices(),
        intervals=sorted(found, key=lambda interval: interval.start),
        benign=[_note(one) for one in played if one.harmless and one.actor in plan.BY_ROLE],
    )


def wan_labels(
    played: Sequence[Played], mac: str, *, capture: str = "", sha256: str = "", recorded: str = ""
) -> Labels:
    """The labels of what was recorded beyond NAT, where all of the house is one device, its router.

    mac : of the router's outside

    What stays on the LAN is not in them. ``what`` still says which device it was.
    """
    found: list[Interval] = []
    for one in played:
        target = _target(one)
        if target == plan.GATEWAY_IP and one.step.label in ASKED_ON:
            target = plan.DNS_IP
        if one.actor == "internet":
            suffered = [
                msgspec.structs.replace(interval, mac=mac, target=plan.WAN_GATEWAY) for interval in _victim(one)
            ]
            suffered = [interval for interval in suffered if not interval.label.startswith(EXPOSURE)]
            found += [*suffered, *_infected(one, suffered)]
        elif target is not None and not _inside(target):
            _contact(found, one, mac)
            if one.step.label or _attack(one):
                found.append(_attacker(one, mac, target))
    router = LabelledDevice(
        mac=mac,
        ips=[plan.WAN_GATEWAY, plan.WAN6_GATEWAY],
        name=ROUTER,
        vendor=plan.GATEWAY_VENDOR,
        role=BEYOND,
        what="the router's outside: everything that the house sends comes from here",
    )
    return Labels(
        capture=capture,
        sha256=sha256,
        recorded=recorded,
        lan=[f"{plan.WAN_GATEWAY}/32", f"{plan.WAN6_GATEWAY}/128", str(plan.LAN6_GLOBAL)],
        devices=[router],
        intervals=sorted(found, key=lambda interval: interval.start),
        benign=[msgspec.structs.replace(_note(one), mac=mac) for one in played if one.harmless],
    )


def _attacker(one: Played, mac: str, target: str | None) -> Interval:
    step = one.step
    return Interval(
        label=step.label,
        also=list(step.also) if step.label else UNNAMED_ALSO,
        mac=mac,
        role="attacker",
        target=target,
        start=_down(one.done.start),
        end=_up(one.done.end),
        botnet=one.botnet,
        attack=_attack(one),
        phase=step.phase,
        what=f"{one.actor}: {one.what}",
    )


def _victim(one: Played) -> list[Interval]:
    """What a device of the house suffers, if any does."""
    macs = {device.ip: device.mac for device in plan.DEVICES} | {plan.GATEWAY_IP: plan.GATEWAY_MAC}
    own = _target(one)
    flooded = own == plan.GATEWAY_IP and one.step.label.startswith("flood.")  # a flood of the router has no other word
    label = one.step.victim or (one.step.label if flooded else "")
    if own not in macs or not label:
        return []
    by = plan.BY_ROLE.get(one.actor)
    source = by.ip if by is not None else plan.INTRUDER_IP
    return [
        Interval(
            label=label,
            also=list(one.step.victim_also),
            mac=macs[own],
            role="victim",
            target=own,
            source=source if source != own else None,
            start=_down(one.done.start),
            end=_up(one.done.end),
            botnet=one.botnet,
            attack=_attack(one),
            phase=one.step.phase,
            what=f"by the {one.actor}: {one.what}",
        )
    ]


def _infected(one: Played, suffered: Sequence[Interval]) -> list[Interval]:
    """Who was broken into fetches the bot's file: what it then exchanges with the loader is its own doing."""
    weak = any(device.ip == one.done.target and device.weak for device in plan.DEVICES)
    if FETCHED not in one.step.victim_also or not weak:
        return []
    return [
        msgspec.structs.replace(
            interval, label=FETCHED, also=[], role="attacker", target=plan.LOADER_IP, source=None, attack=FETCHED
        )
        for interval in suffered
    ]


def _contact(found: list[Interval], one: Played, beyond: str = "") -> None:
    """Have an order be preceded by the call to who gives it: one more interval, or a longer one."""
    if one.step.act not in CALLS_FIRST or one.actor not in plan.BY_ROLE:
        return
    mac = beyond or plan.BY_ROLE[one.actor].mac
    what = f"{one.actor}: calls its controller"
    for number, earlier in enumerate(found):
        if (earlier.mac, earlier.target, earlier.botnet) == (mac, plan.CNC_IP, one.botnet) and (
            earlier.what.partition(":")[0] == one.actor
        ):
            found[number] = msgspec.structs.replace(earlier, end=max(earlier.end, _up(one.done.end)))
            return
    found.append(
        Interval(
            label="",
            also=CONTACT_ALSO,
            mac=mac,
            role="attacker",
            target=plan.CNC_IP,
            start=_down(one.began),
            end=_up(one.done.end),
            botnet=one.botnet,
            attack="cnc",
            phase="command and control",
            what=what,
        )
    )


def _attack(one: Played) -> str:
    """The class of the packets; a weakness has none, it is no attack."""
    return "" if one.step.attack == EXPOSURE else one.step.attack


def _target(one: Played) -> str | None:
    return plan.GATEWAY_IP if one.done.target is None and one.step.act in ASKS else one.done.target


def _down(ts: float) -> float:
    """To the millisecond, outwards, as `_up`."""
    return math.floor(ts * 1000) / 1000


def _up(ts: float) -> float:
    return math.ceil(ts * 1000) / 1000


def _inside(target: str) -> bool:
    """Whether a target is in the house, so that nothing of it is seen beyond NAT."""
    network = ipaddress.ip_network(target, strict=False)
    return any(network.version == own.version and network.subnet_of(own) for own in (plan.LAN, plan.LAN6))  # type: ignore[arg-type]


def _devices() -> list[LabelledDevice]:
    """Everybody on the LAN, the gateway first."""
    gateway = LabelledDevice(
        mac=plan.GATEWAY_MAC,
        ips=[plan.GATEWAY_IP, plan.GATEWAY_IP6, plan.GATEWAY_GLOBAL6, plan.link_local(plan.GATEWAY_MAC)],
        vendor=plan.GATEWAY_VENDOR,
        role="gateway",
        what="router with NAT, DHCP and DNS",
    )
    others = [
        LabelledDevice(
            mac=device.mac,
            ips=[device.ip, plan.lan6(device.mac), plan.global6(device.mac), plan.link_local(device.mac)],
            name=device.name,
            vendor=device.vendor,
            role=device.role,
            what=device.what,
        )
        for device in plan.DEVICES
    ]
    return [gateway, *others]


def _note(one: Played) -> BenignNote:
    device = plan.BY_ROLE.get(one.actor)
    return BenignNote(
        mac=device.mac if device is not None else "",
        target=one.done.target,
        what=f"{one.scenario}, {one.actor}: {one.what}",
    )
