"""What a person should do about a verdict."""

from typing import Final

from botwarden.core.verdict import Role

_ATTACKER: Final = {
    "scan.mirai": "Take it off the network now and restart it: Mirai lives in memory only. Before it is connected "
    "again, change its password, update its firmware and close telnet, or it is infected again within minutes.",
    "scan": "If nobody runs a scanner on it on purpose, disconnect it, update its firmware and change its password.",
    "bruteforce": "Disconnect it: it tries to break into other machines, so it has most likely been broken into "
    "itself. Reset it to factory settings, update it and set a new password.",
    "flood": "Disconnect it: it takes part in an attack. Restart it, update its firmware and change its password "
    "before it goes back online.",
    "amplification": "Close its service to the internet: remove the port forwarding on the router, or turn the "
    "service off.",
    "beacon": "Find out what the address belongs to. If nobody knows it, block it on the gateway and have a look at "
    "the device: bots ask their controller for orders in this way.",
}
_VICTIM: Final = {
    "scan": "Nothing is broken yet. Make sure that the device has no open port that it does not need.",
    "bruteforce": "Change its password to a long one of its own, and close the login to where the attempts come from.",
    "flood": "Nothing on the device helps; the gateway or the internet provider can drop the traffic. If the source is "
    "a device of yours, look at that one.",
    "amplification": "Nothing on the device helps; ask the internet provider to drop the traffic.",
    "beacon": "Find out who calls it.",
}


def advice(label: str, role: Role) -> str:
    """One or two sentences for a label and a role."""
    texts = _ATTACKER if role == "attacker" else _VICTIM
    return texts.get(label) or texts.get(label.partition(".")[0], "")
