"""Guessing telnet passwords inside the house; where one is right, what comes after."""

from botwarden.lab import links, plan
from botwarden.lab.acting import Actor, Outcome
from botwarden.lab.acts.dialogue import break_in, guesses, type_lines

_AT = {device.ip: device for device in plan.DEVICES}
_WEAK = [device for device in plan.DEVICES if device.weak]


def guess(actor: Actor, /, *, target: str = "ap", port: int = 23, pause: float = 0.8, infect: bool = False) -> Outcome:
    """One telnet login of Mirai's list after another, until one is right; then, if asked, what Mirai's loader types."""
    host = links.other(actor.permit, target, _WEAK)
    device = _AT.get(host)
    order = guesses(actor.random, device.telnet if device else None)
    tries, login = break_in(actor, host, port, order, pause)
    said = f"{tries} telnet connections to {host}, one user name and password each; "
    if login is None:
        return Outcome(count=tries, target=host, what=said + "none is right")
    said += "the last is right"
    if infect:
        typed = type_lines(actor, host, port, login)
        said += f"; then {typed} lines of Mirai's loader, upon which the device fetches a harmless file"
    return Outcome(count=tries, target=host, what=said)
