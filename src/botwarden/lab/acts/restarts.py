"""A device that restarts again and again: a bad update, a loose plug. Each time it introduces itself to everybody."""

from botwarden.lab import device
from botwarden.lab.acting import Actor, Outcome
from botwarden.lab.guard import Refused

MAX_TIMES = 20


def restart_storm(actor: Actor, /, *, times: int = 3, every: float = 60.0) -> Outcome:
    """Pull the device's plug, wait until it is back, and again."""
    own = actor.permit.device
    if own is None or times > MAX_TIMES:
        raise Refused(f"refused: a device of the house restarts up to {MAX_TIMES} times")
    actor.permit.confirm()
    for _ in range(times):
        device.restart(actor.folder, own.role)
        actor.pause(every, 0.1)
    return Outcome(count=times, what=f"the {own.role} restarts {times} times, {every:g} s apart")
