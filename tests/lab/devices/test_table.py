from botwarden.lab import plan
from botwarden.lab.devices.table import LIVES


def test_everybody_of_the_plan_has_a_life() -> None:
    assert list(LIVES) == [device.role for device in plan.DEVICES]


def test_habits_have_names_of_their_own_and_sensible_times() -> None:
    for role, living in LIVES.items():
        names = [habit.name for habit in living.habits]
        assert len(set(names)) == len(names), role
        for habit in living.habits:
            assert habit.every >= 5.0
            assert 0 <= habit.jitter < 1
            assert habit.first >= 0


def test_telnet_is_served_where_the_plan_has_an_account() -> None:
    for device in plan.DEVICES:
        assert (23 in LIVES[device.role].tcp) == (device.telnet is not None), device.role


def test_everybody_asks_for_the_time() -> None:
    assert all(any(habit.name == "ntp" for habit in living.habits) for living in LIVES.values())
