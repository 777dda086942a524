from hypothesis import given
from hypothesis import strategies as st

from botwarden.detect.recent import Recent


def test_what_was_not_used_for_longest_is_forgotten() -> None:
    recent: Recent[str, list[int]] = Recent(2, list)
    recent.at("a").append(1)
    recent.at("b").append(2)
    recent.at("a").append(3)
    assert recent.put("c", [4]) == [2]
    assert dict(recent.items()) == {"a": [1, 3], "c": [4]}
    assert recent.forgotten == 1
    assert recent.get("b") is None
    assert "b" not in recent


def test_looking_does_not_use_and_dropping_may_miss() -> None:
    recent: Recent[str, int] = Recent(2, int)
    recent.put("a", 1)
    recent.put("b", 2)
    assert recent.get("a") == 1
    assert recent.put("c", 3) == 1
    recent.drop("b")
    recent.drop("nobody")
    assert list(recent.values()) == [3]


@given(st.lists(st.integers(0, 20), max_size=200))
def test_it_never_holds_more_than_it_may(keys: list[int]) -> None:
    recent: Recent[int, list[int]] = Recent(5, list)
    for key in keys:
        recent.at(key).append(key)
        assert len(recent) <= 5
        assert key in recent
