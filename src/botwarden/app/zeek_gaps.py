"""What cannot be looked for in Zeek's logs, and why: they are not the packets, and some of them may be missing."""

from collections.abc import Collection, Sequence
from typing import Final

from botwarden.core.record import Record
from botwarden.core.records.conn import ConnRecord
from botwarden.detect.watch import Watcher
from botwarden.detect.watchers import WATCHERS

PACKETS_ONLY: Final = (
    "Mirai's scanner by its mark: the sequence numbers of its packets are in no log",
    "ARP scans: Zeek does not log ARP",
    "web floods, and browser names that change: a conversation's requests are not looked at one by one",
    "passwords tried within one connection over telnet, FTP, HTTP or RTSP, but for what a log of its own tells",
)
"""Never possible with logs."""
FORGED: Final = (
    "forged sender addresses: conn.log has no MAC addresses (Zeek writes them with policy/protocols/conn/mac-logging)"
)
CONN: Final = "scans, floods, beacons and the devices' traffic: there is no conn.log"


def not_run(
    logs: Collection[str], read: Collection[type[Record]], *, macs: bool, watchers: Sequence[type[Watcher]] = WATCHERS
) -> list[str]:
    """What was not looked for, a line each.

    logs : names of the logs that are there; read : types of the records that were read
    macs : whether conversations came with MAC addresses

    Zeek writes a log only where there is something to log, so an absent one can also mean that nothing happened.
    """
    lines = [*PACKETS_ONLY]
    has = {kind.path for kind in read} | set(logs)
    if ConnRecord.path not in has:
        lines = [CONN, *lines]
    elif not macs:
        lines.append(FORGED)
    return lines + [line for watcher in watchers if (line := _gap(watcher, has))]


def _gap(watcher: type[Watcher], has: Collection[str]) -> str:
    needed = [kind.path for kind in watcher.reads]
    missing = [f"{path}.log" for path in needed if path not in has]
    if not missing:
        return ""
    if len(missing) == len(needed):
        return f"{watcher.name}: there is no {_or(missing)}"
    if needed[0] not in has:
        return f"{watcher.name}, as far as it needs {_or(missing)}: not there"
    return ""


def _or(names: Sequence[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} or {last}" if first else last
