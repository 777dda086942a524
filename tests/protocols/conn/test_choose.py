import numpy as np

from botwarden.protocols.conn.choose import FAILED, SPOKEN, telling
from botwarden.protocols.conn.state import CONN


def rows(n: int, who: int, spoke: bool) -> np.ndarray:
    found = np.zeros(n, CONN)
    found["ip_lo"][:, 0] = who
    found["size"] = 5 if spoke else 0
    return found


def test_a_few_are_all_kept() -> None:
    assert telling(rows(FAILED, 1, False)).all()


def test_a_scan_is_thinned_and_others_stay() -> None:
    both = np.concatenate([rows(1000, 1, False), rows(3, 2, False), rows(5, 1, True)])
    chosen = telling(both)
    assert chosen[:1000].sum() == FAILED
    assert chosen[:FAILED].all()
    assert chosen[1000:].all()


def test_conversations_have_a_limit_too() -> None:
    assert telling(rows(1000, 1, True)).sum() == SPOKEN
