"""`Tracker`: packets in, records out. Connections are followed by compiled code; only what speaks is read in Python."""

from collections.abc import Callable, Iterator
from functools import lru_cache, partial
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from botwarden.core.address import ip_text
from botwarden.core.packet import FIN, RST, TCP, PacketBatch
from botwarden.core.record import Record
from botwarden.protocols.analyzer import Flow, Session, identifier
from botwarden.protocols.conn.follow import SWEEP_EVERY, follow, sweep
from botwarden.protocols.conn.record import conn_records
from botwarden.protocols.conn.state import (
    ANALYZED,
    CONNECTIONS,
    DONE,
    EVENTS,
    EVICTED,
    LAST_SWEEP,
    MAX_HISTORY,
    NOW,
    READ,
    SKIP,
    UNREAD,
    new_state,
)
from botwarden.protocols.dispatch import Choices, Conversation
from botwarden.protocols.registry import ANALYZERS
from botwarden.protocols.settings import Settings
from botwarden.protocols.talks import GRAIN, Ended, Talks

STEP: Final = 1024
"""Packets that are followed before somebody looks at them: so soon it is known whether the rest is worth a look."""
ENOUGH: Final = 128
"""Finished connections that are worth a look at once; fewer wait for the end of the batch."""
_TICK: Final = 1.0
_BACK: Final = 60.0  # s by which a clock was set back rather than packets late
_NOTHING: Final[list[str]] = []
_ENDS: Final = ["src_ip_hi", "src_ip_lo", "src_port", "src_mac", "dst_ip_hi", "dst_ip_lo", "dst_port", "dst_mac"]
_ip = lru_cache(8192)(ip_text)


class Tracker:
    """Follows connections and reads what is said on them. Memory is bounded, whatever the network sends.

    write : takes each record
    is_local : whether an address, as text, is local
    wants : which finished connections become a ConnRecord: takes CONN[n], gives bool[n]; None for all of them
    rest : takes the records of the others; without it there are none
    budget : packets between two devices per second that are read, 0 for all; what is left out counts as unread
    faults : connections whose analyzer raised: a fault of ours, told in weird.log
    """

    def __init__(
        self,
        write: Callable[[Record], None],
        is_local: Callable[[str], bool],
        *,
        seed: int = 0,
        budget: int = 0,
        wants: Callable[[NDArray[Any]], NDArray[np.bool_]] | None = None,
        rest: Callable[[Record], None] | None = None,
        settings: Settings | None = None,
    ) -> None:
        """Know nothing yet."""
        self._choices = Choices(ANALYZERS)
        tcp = frozenset(port for kind in ANALYZERS for port in kind.tcp_ports)
        udp = frozenset(port for kind in ANALYZERS for port in kind.udp_ports)
        self._state = new_state(seed, tcp, udp, budget)
        self.session = Session(write, is_local, seed, partial(_open, self._state[0]["udp_server"]), settings)
        self._write = write
        self._is_local = is_local
        self._seed = seed
        self._wants = wants
        self._rest = rest
        self._talks = Talks(), Talks()  # over UDP and TCP
        self._spoke: dict[int, tuple[str, list[str]]] = {}  # what is known of those that nobody reads any longer
        self._ticked = -np.inf
        self.faults = 0

    def update(self, batch: PacketBatch, bad: NDArray[np.uint8] | None = None) -> None:
        """Take the next packets; ``bad`` is 1 for those with a wrong checksum."""
        wrong = np.zeros(len(batch), np.uint8) if bad is None else bad
        counts, clock = self._state[0]["counts"], self._state[0]["clock"]
        for start in range(0, len(batch), STEP):
            stop = min(start + STEP, len(batch))
            with np.errstate(over="ignore"):  # hashes wrap; only plain Python would warn
                while start < stop:
                    start = follow(batch.buffer, batch.packets, wrong, self._state, start, stop)  # noqa: PLW2901
                    self._read(batch)
                    if counts[DONE] >= ENOUGH:
                        self._drain()
                    if clock[NOW] - clock[LAST_SWEEP] >= SWEEP_EVERY:
                        self._sweep(False)
        self._drain()

    def end(self) -> None:
        """No more packets follow: everything that is still going on is written."""
        self._sweep(True)
        self.session.end(float(self._state[0]["clock"][NOW]))

    @property
    def evictions(self) -> dict[str, int]:
        """Connections given up early and packets not read, to stay within bounds; only what is not 0."""
        counts = self._state[0]["counts"]
        found = {
            "conversations": int(counts[EVICTED]),
            "unread packets": int(counts[UNREAD]),
            "conversations being read": sum(talks.ended for talks in self._talks),
        }
        return {name: n for name, n in found.items() if n}

    def _sweep(self, everything: bool) -> None:
        slot = 0
        while slot < CONNECTIONS:
            slot = sweep(self._state, slot, everything)
            self._drain()

    def _read(self, batch: PacketBatch) -> None:
        s = self._state[0]
        n = int(s["counts"][EVENTS])
        if not n:
            return
        s["counts"][EVENTS] = 0
        events = s["events"][:n]
        packets = batch.packets[events["packet"]]
        ends = packets[_ENDS]
        view = batch.buffer.data
        for i, (
            serial,
            slot,
            rel,
            acked,
            side,
            flags,
            is_tcp,
            letters,
            first_ts,
            ts,
            at,
            length,
            captured,
        ) in enumerate(_rows(events, packets)):
            if ts >= self._ticked + _TICK or ts < self._ticked - _BACK:
                self._ticked = ts
                self.session.tick(ts)
            talk = self._talks[is_tcp].get(serial)
            if talk is None:
                if serial in self._spoke:
                    continue
                talk = self._begin(serial, ends[i], is_tcp, side, first_ts)
            data = bytes(view[at : at + min(length, captured)]) if captured > 0 else b""
            try:
                if is_tcp:
                    talk.segment(ts, side, rel, data, length - len(data), acked)
                    if flags & (FIN | RST):
                        talk.close(ts, side)
                else:
                    talk.datagram(ts, side, data)
            except Exception as error:  # bulkhead: a fault of one analyzer costs one connection
                self._fault(talk, ts, error)
            if talk.flow.violations:
                self._mark(serial, slot, letters, talk.flow)
            if not -GRAIN < talk.weight - talk.counted < GRAIN:
                self._make_room(self._talks[is_tcp].weigh(serial), ts)
            if talk.over:
                self._let_go(serial, slot, is_tcp)
            elif is_tcp and talk.reading and not talk.told:
                talk.told = True
                self._want(serial, slot, READ)

    def _begin(self, serial: int, packet: NDArray[Any], is_tcp: int, side: int, first_ts: float) -> Conversation:
        """A conversation for a connection that is heard for the first time, by a packet of one side."""
        src_hi, src_lo, src_port, src_mac, dst_hi, dst_lo, dst_port, dst_mac = packet.item()
        orig, resp, macs = (_ip(src_hi, src_lo), src_port), (_ip(dst_hi, dst_lo), dst_port), (src_mac, dst_mac)
        if side:
            orig, resp, macs = resp, orig, (dst_mac, src_mac)
        flow = Flow(self.session, serial, first_ts, "tcp" if is_tcp else "udp", orig, resp, macs)
        talk = Conversation(flow, self._choices)
        self._make_room(self._talks[is_tcp].add(serial, talk), first_ts)
        return talk

    def _make_room(self, ended: Ended, ts: float) -> None:
        for serial, talk in ended:
            self._spoke[serial] = self._ended(talk, ts)

    def _mark(self, serial: int, slot: int, letters: int, flow: Flow) -> None:
        """Put an X into the history where something was said that the protocol does not allow."""
        s = self._state[0]
        flow.violations = 0
        row = s["conns"][slot]
        if int(row["serial"]) != serial:
            ended = np.flatnonzero(s["done"][: int(s["counts"][DONE])]["serial"] == serial)
            if not len(ended):
                return
            row = s["done"][ended[0]]
        n = int(row["letters"])
        if n < MAX_HISTORY:
            at = min(letters, n)
            row["history"][at + 1 : n + 1] = row["history"][at:n].copy()
            row["history"][at] = ord("X")
            row["letters"] = n + 1

    def _fault(self, talk: Conversation, ts: float, error: Exception) -> None:
        self.faults += 1
        talk.over = True
        talk.flow.weird(ts, "analyzer_error", f"{type(error).__name__}: {error}"[:200])

    def _let_go(self, serial: int, slot: int, is_tcp: int) -> None:
        """Nobody wants more of a connection: the compiled part need not hand it out any longer."""
        talk = self._talks[is_tcp].pop(serial)
        if talk is not None:
            self._spoke[serial] = talk.flow.uid, talk.flow.services
        self._want(serial, slot, SKIP)

    def _ended(self, talk: Conversation, ts: float) -> tuple[str, list[str]]:
        """End a conversation; returns its identifier and what was spoken on it."""
        try:
            talk.end(ts)
        except Exception as error:  # bulkhead
            self._fault(talk, ts, error)
        return talk.flow.uid, talk.flow.services

    def _want(self, serial: int, slot: int, what: int) -> None:
        row = self._state[0]["conns"][slot]
        if int(row["serial"]) == serial:
            row["want"] = what

    def _drain(self) -> None:
        s = self._state[0]
        n = int(s["counts"][DONE])
        if not n:
            return
        s["counts"][DONE] = 0
        rows = s["done"][:n]
        chosen = np.ones(n, np.bool_) if self._wants is None else self._wants(rows)
        made = chosen if self._rest is None else np.ones(n, np.bool_)
        names: list[tuple[str, list[str]]] = []
        columns = rows["serial"].tolist(), rows["last_ts"].tolist(), (rows["proto"] == TCP).tolist(), made.tolist()
        for serial, last_ts, is_tcp, take in zip(*columns, strict=True):
            talk = self._talks[is_tcp].pop(serial)
            said = self._spoke.pop(serial, None) if talk is None else self._ended(talk, last_ts)
            if take:
                names.append(said or (identifier("C", self._seed, serial), _NOTHING))
        records = conn_records(rows[made], names, self._is_local)
        for record, wanted in zip(records, chosen[made].tolist(), strict=True):
            if wanted:
                self._write(record)
            elif self._rest is not None:
                self._rest(record)


def _open(udp_server: NDArray[np.uint8], port: int, proto: str) -> None:
    """A connection to a port is expected: its packets must not be passed over."""
    if proto == "udp":
        udp_server[port] |= ANALYZED


_EVENT_COLUMNS: Final = ("serial", "slot", "rel", "acked", "side", "flags", "tcp", "letters", "first_ts")


def _rows(events: NDArray[Any], packets: NDArray[Any]) -> Iterator[tuple[Any, ...]]:
    """Events with the time, place in the buffer, length and captured length of their payload."""
    at = packets["offset"] + packets["payload"]
    captured = packets["cap_len"].astype(np.int64) - packets["payload"]
    columns = [events[name].tolist() for name in _EVENT_COLUMNS]
    columns += [packets["ts"].tolist(), at.tolist(), packets["payload_len"].tolist(), captured.tolist()]
    return zip(*columns, strict=True)
