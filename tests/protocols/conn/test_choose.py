from typing import Any

import numpy as np
from numpy.typing import NDArray

from botwarden.core.packet import TCP, UDP
from botwarden.protocols.conn.choose import CROWD, FAILED, PERIOD, SPOKEN, TOLD, Chooser
from botwarden.protocols.conn.state import CONN


def rows(
    n: int, who: int, *, spoke: bool = False, proto: int = TCP, port: int = 80, ts: float = 1000.0
) -> NDArray[Any]:
    found = np.zeros(n, CONN)
    found["ip_lo"][:, 0] = who
    found["size"] = 5 if spoke else 0
    found["proto"] = proto
    found["port"][:, 1] = port
    found["last_ts"] = ts
    return found


def test_a_scan_is_thinned_and_others_stay() -> None:
    both = np.concatenate([rows(1000, 1), rows(3, 2), rows(5, 1, spoke=True)])
    chosen = Chooser()(both)
    assert chosen[:FAILED].all()
    assert chosen[:1000].sum() == FAILED
    assert chosen[1000:].all()


def test_the_first_in_time_are_kept_in_whatever_order_they_come() -> None:
    many = rows(1000, 1)
    many["first_ts"] = np.random.default_rng(3).permutation(1000)
    many["last_ts"] = 1000.0
    kept = many["first_ts"][Chooser()(many)]
    assert sorted(kept.tolist()) == list(range(FAILED))


def test_what_came_before_counts() -> None:
    choose = Chooser()
    assert sum(choose(rows(10, 1)).sum() for _ in range(50)) == FAILED


def test_a_minute_later_there_is_room_again() -> None:
    choose = Chooser()
    choose(rows(1000, 1))
    assert choose(rows(1000, 1, ts=1000.0 + PERIOD - 1)).sum() == 0
    assert choose(rows(1000, 1, ts=1000.0 + PERIOD)).sum() == FAILED
    assert choose(rows(1000, 1, ts=5.0)).sum() == FAILED  # the clock was set back


def test_conversations_have_a_limit_too() -> None:
    assert Chooser()(rows(1000, 1, spoke=True)).sum() == SPOKEN


def test_questions_have_records_of_their_own() -> None:
    assert Chooser()(rows(1000, 1, spoke=True, proto=UDP, port=53)).sum() == TOLD
    assert Chooser()(rows(1000, 1, spoke=True, proto=TCP, port=53)).sum() == SPOKEN


def test_forged_originators_are_all_kept_at_first() -> None:
    many = np.concatenate([rows(1, (0xFFFF << 32) + n) for n in range(500)])
    assert Chooser()(many).all()


def test_of_a_flood_from_forged_originators_the_first_are_kept() -> None:
    choose = Chooser()
    flood = np.concatenate([rows(1, (0xFFFF << 32) + n) for n in range(CROWD + 500)])
    flood["mac"][:, 0] = 0xB07
    house = rows(5, 77)
    house["mac"][:, 0] = 0xCA3
    chosen = choose(np.concatenate([flood, house]))
    assert chosen[:CROWD].all()
    assert not chosen[CROWD : CROWD + 500].any()
    assert chosen[-5:].all(), "another device loses nothing"
    assert not choose(flood).any()
