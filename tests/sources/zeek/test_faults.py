from botwarden.core.capture import Damage
from botwarden.sources.zeek.faults import Faults


def test_the_first_fault_is_told_and_all_are_counted() -> None:
    faults = Faults()
    assert faults.damage("conn.log") == []
    faults.add(100, [b"abc", b"de", b"f"], 2, "ts: no time")
    faults.add(50, [b"abc"], 0, "no header")
    assert faults.damage("conn.log") == [Damage(path="conn.log", offset=107, what="ts: no time", lines=2)]
