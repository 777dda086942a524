import struct

from lab import ntp

TS = 1_800_000_000.25


def test_a_stamp_counts_from_1900() -> None:
    assert struct.unpack("!II", ntp.stamp(TS)) == (1_800_000_000 + 2_208_988_800, 1 << 30)


def test_a_reply_answers_the_request() -> None:
    asked = ntp.request(TS)
    answer = ntp.reply(asked, TS + 1)
    assert (len(asked), asked[0]) == (48, 0x23)
    assert (len(answer), answer[0], answer[1]) == (48, 0x24, 2)
    assert answer[24:32] == asked[40:48] == ntp.stamp(TS)
    assert answer[40:48] == ntp.stamp(TS + 1)
