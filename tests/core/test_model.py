from itertools import pairwise

from botwarden.core.model import TAIL_SHARES


def test_the_shares_of_the_tail_fall_from_all_rows_to_one_in_a_hundred_thousand() -> None:
    assert TAIL_SHARES[0] == 1.0
    assert abs(TAIL_SHARES[-1] - 1e-5) < 1e-12
    assert all(a > b for a, b in pairwise(TAIL_SHARES))
