"""Fetching the harmless file of the story."""

import subprocess

from botwarden.lab import links, plan
from botwarden.lab.acting import Actor, Outcome


def download(actor: Actor, /, *, times: int = 1, pause: float = 5.0) -> Outcome:
    """Fetch a file that begins as a program does, over plain HTTP from an address without a name, and throw it away."""
    command = ["busybox", "wget", "-q", "-O", "/dev/null", plan.PAYLOAD_URL]
    fetched = 0
    for n in actor.permit.conversations(times, 10.0):
        links.ready(actor.permit, plan.LOADER_IP)
        done = subprocess.run(command, check=False, timeout=30, capture_output=True, env={"PATH": "/usr/bin:/bin"})
        fetched += done.returncode == 0
        if n + 1 < times:
            actor.pause(pause)
    if not fetched:
        raise ConnectionError(f"{plan.PAYLOAD_URL} cannot be fetched")
    return Outcome(count=times, target=plan.LOADER_IP, what=f"{plan.PAYLOAD_URL} fetched {fetched} times, never run")
