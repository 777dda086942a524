"""The stranger who breaks in from outside, through a port of the router that leads to a device."""

from botwarden.lab import plan
from botwarden.lab.acting import Actor, Outcome
from botwarden.lab.acts.dialogue import break_in, guesses, type_lines
from botwarden.lab.guard import Refused


def intrude(actor: Actor, /, *, device: str = "camera", port: int = 23, pause: float = 0.8) -> Outcome:
    """Guess the telnet login behind a port of the router's outside, log in, and type what Mirai's loader types."""
    victim = plan.BY_ROLE.get(device)
    if victim is None:
        raise Refused(f"refused: nobody in the lab is called {device!r}")
    order = guesses(actor.random, victim.telnet)
    tries, login = break_in(actor, plan.WAN_GATEWAY, port, order, pause)
    said = f"{tries} telnet logins from outside to {victim.ip}; "
    if login is None:
        return Outcome(count=tries, target=victim.ip, what=said + "none is right")
    typed = type_lines(actor, plan.WAN_GATEWAY, port, login)
    said += f"the last is right; then {typed} lines of Mirai's loader, upon which it fetches a harmless file"
    return Outcome(count=tries, target=victim.ip, what=said)
