from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from botwarden.protocols import talks as module
from botwarden.protocols.analyzer import Flow, Session
from botwarden.protocols.dispatch import Choices, Conversation
from botwarden.protocols.talks import MAX_BYTES, MAX_BYTES_OF_PAIR, MAX_OF_PAIR, MAX_TALKS, Talks

SESSION = Session(lambda record: None, lambda ip: False)
CHOICES = Choices(())


def talk(mac: int = 1, weight: int = 0, host: str = "192.168.0.10") -> Conversation:
    found = Conversation(Flow(SESSION, "C", 1.0, "tcp", (host, 1), ("10.0.0.2", 2), (mac, mac and 99)), CHOICES)
    found.weight = weight
    return found


def filled(numbers: Sequence[int], mac: int = 1) -> Talks:
    talks = Talks()
    for number in numbers:
        assert talks.add(number, talk(mac)) == []
    return talks


def test_a_conversation_is_found_by_its_number_until_it_is_taken_out() -> None:
    talks, one = Talks(), talk()
    talks.add(7, one)
    assert (talks.get(7), talks.get(8), len(talks)) == (one, None, 1)
    assert (talks.pop(7), talks.pop(7), talks.get(7), len(talks)) == (one, None, None, 0)


def test_two_devices_end_conversations_of_their_own() -> None:
    talks = Talks()
    talks.add(0, talk(mac=2))
    for number in range(1, MAX_OF_PAIR + 1):
        assert talks.add(number, talk(mac=1)) == []
    ((serial, _),) = talks.add(MAX_OF_PAIR + 1, talk(mac=1))
    assert serial == 1, "the oldest of the pair, not the oldest of all"
    assert (talks.ended, len(talks)) == (1, MAX_OF_PAIR + 1)


def test_all_together_are_bounded() -> None:
    talks = Talks()
    ended = [serial for number in range(MAX_TALKS + 3) for serial, _ in talks.add(number, talk(mac=1 + number % 8))]
    assert (ended, len(talks)) == ([0, 1, 2], MAX_TALKS)


def test_without_macs_the_address_tells_who_it_is() -> None:
    talks = Talks()
    talks.add(0, talk(mac=0, host="10.0.0.9"))
    for number in range(1, MAX_OF_PAIR + 2):
        ended = talks.add(number, talk(mac=0, host="10.0.0.1"))
    assert [serial for serial, _ in ended] == [1]


def test_whoever_makes_us_hold_much_loses_the_oldest() -> None:
    talks = filled(range(1, 13))
    talks.add(20, talk(mac=2, weight=MAX_BYTES_OF_PAIR))
    assert talks.weigh(20) == []
    for number in range(1, 13):
        one = talks.get(number)
        assert one is not None
        one.weight = MAX_BYTES_OF_PAIR // 12
        assert talks.weigh(number) == []
    last = talks.get(12)
    assert last is not None
    last.weight += 12
    assert [serial for serial, _ in talks.weigh(12)] == [1]
    assert talks.get(20) is not None, "the other pair has a limit of its own"


def test_one_that_holds_too_much_alone_goes_itself() -> None:
    talks = Talks()
    talks.add(1, talk(weight=MAX_BYTES_OF_PAIR + 1))
    assert [serial for serial, _ in talks.weigh(1)] == [1]
    assert len(talks) == 0


def test_many_pairs_together_are_bounded_too() -> None:
    talks = Talks()
    ended = 0
    for number in range(MAX_BYTES // MAX_BYTES_OF_PAIR + 3):
        talks.add(number, talk(mac=1 + number, weight=MAX_BYTES_OF_PAIR))
        ended += len(talks.weigh(number))
    assert ended == 3
    assert len(talks) == MAX_BYTES // MAX_BYTES_OF_PAIR


@given(
    st.lists(st.tuples(st.sampled_from("awp"), st.integers(0, 9), st.integers(1, 3), st.integers(0, 9)), max_size=80)
)
def test_what_is_counted_is_what_is_there(steps: list[tuple[str, int, int, int]]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        for name, limit in (("MAX_TALKS", 6), ("MAX_OF_PAIR", 4), ("MAX_BYTES", 20), ("MAX_BYTES_OF_PAIR", 12)):
            patch.setattr(module, name, limit)
        talks = Talks()
        there: dict[int, Conversation] = {}
        for what, number, mac, weight in steps:
            ended = []
            if what == "a" and number not in there:
                there[number] = talk(mac)
                ended = talks.add(number, there[number])
            elif what == "w" and number in there:
                there[number].weight = weight
                ended = talks.weigh(number)
            elif what == "p":
                assert talks.pop(number) is there.pop(number, None)
            for serial, one in ended:
                assert there.pop(serial) is one
            assert all(talks.get(serial) is one for serial, one in there.items())
            assert len(talks) == len(there) <= 6
            assert sum(one.counted for one in there.values()) <= 20
            for pair in (1, 2, 3):
                own = [one.counted for one in there.values() if one.flow.orig_mac == pair]
                assert len(own) <= 4
                assert sum(own) <= 12
