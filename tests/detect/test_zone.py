import pytest

from botwarden.detect.zone import MAX_TYPES, SKETCH_BYTES, Zone, file_in
from detect.records import START, dns


def zone(parts: list[str], qtype: str = "A", answers: tuple[str, ...] = ("192.0.2.1",)) -> Zone:
    made = Zone()
    for k, part in enumerate(parts):
        made.add(dns(k, f"{part}.example.com", answers, qtype=qtype), part)
    return made


def test_names_count_once() -> None:
    made = zone(["www", "www", "mail", "", "www"])
    assert (made.queries, made.names, made.size) == (5, 2, 7)
    assert (made.first_ts, made.last_ts, made.example) == (START, START + 4, "mail")


def test_types_and_answers() -> None:
    made = zone(["a", "b"], "TXT", ("TXT 5 hello", "x"))
    assert (made.types, made.odd, made.received) == ({"TXT": 2}, 2, 24)
    assert zone(["a", "b"], "AAAA").odd == 0
    many = Zone()
    for k in range(100):
        many.add(dns(0, "x.example.com", qtype=f"TYPE{k}"), "x")
    assert len(many.types) == MAX_TYPES


def test_random_and_binary_names() -> None:
    made = zone(["kdfjqwxzpvbnmlkj", "understanding", "\\xea\\xec\\xc1lejq"])
    assert (made.random, made.binary) == (2, 1)
    assert made.size == 16 + 13 + 7, "an escape is one byte"


def test_many_names_are_still_told_apart() -> None:
    count = 40 * SKETCH_BYTES
    made = zone([f"name-{k}" for k in range(count)])
    assert 0.7 * count < made.names <= count
    assert len(made._seen) == SKETCH_BYTES
    repeated = zone([f"name-{k}" for k in range(100)] * 20)
    assert 95 <= repeated.names <= 100


@pytest.mark.parametrize(
    ("part", "kind"),
    [
        ("h4sicn03*2qaa3rlc3qudhh0aavjycxwakjehel-.4s2fgaaaa==-", "a gzip archive"),
        ("7f454c4601010100000000000000000002000800", "a Linux program"),
        ("bbcf01fd89504e470d0a1a0a0000000d49484452", "a PNG picture"),
        ("cm9vddp4oja6mdpyb290oi9yb290oi9iaw4vc2g", "a list of accounts"),
        ("h4sicn03", None),
        ("e673.dsce9.akamaiedge-understanding-long-name", None),
        ("d41d8cd98f00b204e9800998ecf8427e", None),
        ("", None),
    ],
)
def test_files_in_names(part: str, kind: str | None) -> None:
    assert file_in(part) == kind
