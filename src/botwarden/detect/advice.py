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
    "cnc": "Take it off the network until it is clear what it talks to; block the address or domain on the gateway. If "
    "nobody knows it, reset the device to factory settings, update it and set a password of its own.",
    "infection": "Take it off the network now: somebody else gives it orders. Reset it to factory settings, update it, "
    "set a password of its own and close telnet and SSH to the internet before it goes back online.",
    "exploit": "Disconnect it: it attacks other machines, so it has most likely been broken into itself. Restart it, "
    "update its firmware and set a new password.",
    "anomaly": "Find out what is new: an update, a new use, a new neighbour. If nobody knows of any, restart the "
    "device, update its firmware and look at whom it talks to. If it is harmless, let the model learn on from it.",
    "exposure": "Close what is open: turn the service off or keep it to the local network.",
}
_VICTIM: Final = {
    "scan": "Nothing is broken yet. Make sure that the device has no open port that it does not need.",
    "bruteforce": "Change its password to a long one of its own, and close the login to where the attempts come from.",
    "flood": "Nothing on the device helps; the gateway or the internet provider can drop the traffic. If the source is "
    "a device of yours, look at that one.",
    "amplification": "Nothing on the device helps; ask the internet provider to drop the traffic.",
    "beacon": "Find out who calls it.",
    "cnc": "Find out whether it is a server that you run. If not, it is misused to control other machines: disconnect "
    "it.",
    "infection": "Take it off the network, restart it and set a long password of its own. Close the login to where the "
    "intruder came from, and watch whether the device calls or scans others.",
    "exploit": "Update its firmware, and close its web pages to the internet. If the request was answered as if it had "
    "worked, take the device off the network and restart it.",
    "anomaly": "Find out who treats it differently than before, and what for.",
    "exposure.credentials": "Change the password to a long one of its own: bots try this one first.",
    "exposure.telnet": "Turn telnet off, or remove the port forwarding that leads to it.",
    "exposure.port_mapping": "If nobody needs to reach it from the internet, remove the mapping and turn off UPnP on "
    "the router.",
    "exposure.service": "Find out which program opened the port. If nobody knows, restart the device, update it and "
    "close the port on the router.",
}


def advice(label: str, role: Role) -> str:
    """One or two sentences for a label and a role."""
    texts = _ATTACKER if role == "attacker" else _VICTIM
    return texts.get(label) or texts.get(label.partition(".")[0], "")
