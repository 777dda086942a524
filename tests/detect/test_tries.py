from dataclasses import replace

from botwarden.detect.logins import Login
from botwarden.detect.tries import ENOUGH, FRESH, HALF_LIFE, MAX_SUCCESSES, Tries, enough

FAILED = Login("telnet", "a", "b", 23, 1000.0, 1001.0, failed=1, users=("root",))
LISTED = replace(FAILED, listed=1, lists=("mirai",))
ENTERED = Login("telnet", "a", "b", 23, 2000.0, 2002.0, success_ts=2002.0, success_user="root")


def after(*logins: Login) -> Tries:
    tries = Tries()
    for login in logins:
        tries.add(login)
    return tries


def test_a_dozen_refusals_or_four_listed_ones_are_enough() -> None:
    assert after(*[FAILED] * 12).is_guessing("telnet")
    assert not after(*[FAILED] * 11).is_guessing("telnet")
    assert after(*[LISTED] * 4).is_guessing("telnet")
    assert not after(*[LISTED] * 3).is_guessing("telnet")
    assert enough("ssh") > enough("telnet")


def test_programs_must_try_different_logins() -> None:
    stuck = replace(FAILED, service="mqtt")
    assert not after(*[stuck] * 500).is_guessing("mqtt")
    assert after(*[stuck] * 12, replace(stuck, users=("admin",))).is_guessing("mqtt")


def test_points_fade() -> None:
    tries = after(*[FAILED] * 8)
    assert [tries.left(1000.0 + n * HALF_LIFE) for n in range(3)] == [8, 4, 2]
    old = after(*[FAILED] * 8, replace(FAILED, first_ts=1000.0 + 2 * HALF_LIFE))
    assert old.points == 3
    assert old.most == 8
    assert not tries.is_over(replace(FAILED, first_ts=1000.0 + 2 * HALF_LIFE))
    assert tries.is_over(replace(FAILED, first_ts=1000.0 + 20 * HALF_LIFE))


def test_guessing_is_never_over() -> None:
    assert not after(*[FAILED] * 12).is_over(replace(FAILED, first_ts=1e12))


def test_time_that_runs_backwards_fades_nothing() -> None:
    tries = after(FAILED, replace(FAILED, first_ts=0.0, last_ts=1.0))
    assert tries.points == 2
    assert (tries.first_ts, tries.last_ts) == (0.0, 1001.0)


def test_a_success_after_few_failures_is_a_person() -> None:
    tries = after(*[FAILED] * 5)
    assert not tries.add(ENTERED)
    assert tries.successes == []


def test_a_success_after_enough_of_them_is_kept() -> None:
    tries = after(*[FAILED] * 12)
    for _ in range(20):
        assert tries.add(ENTERED)
    assert tries.successes[0] == (2002.0, "root", ())
    assert len(tries.successes) == MAX_SUCCESSES
    listed = after(LISTED)
    assert listed.add(replace(ENTERED, success_lists=("mirai",)))
    assert listed.logins == 2


def test_a_success_long_after_is_not_one_of_guessing() -> None:
    tries = after(*[FAILED] * 12)
    later = 1000 + 20 * HALF_LIFE
    assert tries.left(later) < FRESH < ENOUGH
    assert tries.add(replace(ENTERED, first_ts=later, success_ts=later))
    assert tries.successes == []


def test_two_add_up() -> None:
    tries = after(*[FAILED] * 3)
    tries.absorb(after(replace(LISTED, first_ts=10.0, users=("admin",))))
    assert (tries.first_ts, tries.last_ts, tries.logins, tries.listed, tries.points) == (10.0, 1001.0, 4, 1, 6)
    assert list(tries.users) == ["root", "admin"]
    assert tries.lists == {"mirai"}
