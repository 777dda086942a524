from botwarden.core.packet import PACKET
from botwarden.wire import framing


def test_every_kind_of_damage_has_a_text() -> None:
    codes = [value for name, value in vars(framing).items() if name.startswith(("BAD_", "TOO_")) and name != "BAD_TEXT"]
    assert sorted(codes) == list(range(len(framing.BAD_TEXT)))


def test_a_full_batch_stays_small() -> None:
    assert framing.MAX_ROWS * PACKET.itemsize < 5_000_000


def test_walk_names_its_fields() -> None:
    assert framing.Walk(1, 2, framing.NEED, 16) == (1, 2, framing.NEED, 16)
    assert framing.Walk(1, 2, framing.NEED, 16).detail == 16
