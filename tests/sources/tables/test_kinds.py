import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from botwarden.core.row import PROTOCOLS, Group
from botwarden.sources.tables import kinds as module
from botwarden.sources.tables.kinds import Kinds
from tables import BENIGN

ALL = ("device", "botnet", "attack", "label", "proto")


def group_of(default: Group = BENIGN, **texts: str) -> Group:
    kinds = Kinds(ALL, default)
    code, _ = kinds.codes(tuple(texts.get(name, "").encode() for name in ALL))
    groups, _ = kinds.used(np.array([code], np.int32))
    return groups[0]


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ({}, Group()),
        ({"device": "cam"}, Group("cam")),
        ({"attack": "benign", "botnet": "mirai"}, Group()),
        ({"attack": "udp", "botnet": "mirai"}, Group("", "mirai", "udp")),
        ({"attack": "udp", "label": "benign"}, Group("", "", "udp")),
        ({"label": "mirai.udp"}, Group("", "mirai", "udp")),
        ({"label": "1"}, Group("", "", "attack")),
        ({"label": "0"}, Group()),
        ({"botnet": "BASHLITE"}, Group("", "gafgyt", "attack")),
        ({"label": "flood.syn"}, Group("", "", "syn")),
        ({"device": '"Anna""s, cam"'}, Group('Anna"s, cam')),
        ({"device": "a\x1bb"}, Group("a\ufffdb")),
    ],
)
def test_columns_say_what_a_row_is(texts: dict[str, str], expected: Group) -> None:
    assert group_of(**texts) == expected


def test_what_they_do_not_say_is_the_default() -> None:
    default = Group("plug", "mirai", "scan")
    assert group_of(default) == default
    assert group_of(default, device="cam") == Group("cam", "mirai", "scan")
    assert group_of(default, label="benign") == Group("plug")
    assert group_of(default, attack="udp") == Group("plug", "mirai", "udp")


def test_protocols() -> None:
    kinds = Kinds(("proto",), Group())
    assert [kinds.codes((name.encode(),))[1] for name in PROTOCOLS] == list(range(len(PROTOCOLS)))
    assert kinds.codes((b"TCP",))[1] == PROTOCOLS.index("tcp")
    with pytest.raises(ValueError, match="proto is 'sctp', not one of arp, icmp"):
        kinds.codes((b"sctp",))


def test_only_groups_that_occur_are_handed_on() -> None:
    kinds = Kinds(("device",), Group())
    codes = [kinds.codes((name,))[0] for name in (b"x", b"y", b"x", b"z")]
    groups, places = kinds.used(np.array(codes[2:], np.int32))
    assert [groups[place].device for place in places] == ["x", "z"]
    assert len(groups) == 2


def test_a_column_of_something_else_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_GROUPS", 3)
    kinds = Kinds(("device",), Group())
    with pytest.raises(ValueError, match="more than 3 devices and classes"):
        for number in range(4):
            kinds.codes((b"%d" % number,))


@given(st.tuples(*[st.binary(max_size=40)] * 4))
def test_any_text_makes_a_group(texts: tuple[bytes, ...]) -> None:
    kinds = Kinds(ALL[:4], Group())
    code, proto = kinds.codes(texts)
    [group] = kinds.used(np.array([code], np.int32))[0]
    assert all(text.isprintable() and len(text) <= 64 for text in (group.device, group.botnet, group.attack))
    assert group.attack
    assert not (group.benign and group.botnet)
    assert proto == 0


def test_long_texts_are_cut_and_not_kept() -> None:
    kinds = Kinds(("device",), Group())
    long = [b'"' + b"%d" % number * 100_000 + b'"' for number in range(3)]
    codes = [kinds.codes((text,))[0] for text in long]
    groups, _ = kinds.used(np.array(codes, np.int32))
    assert [group.device for group in groups] == [f"{number}" * 63 + "…" for number in range(3)]
    assert not kinds._seen
