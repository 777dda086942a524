import pytest

from botwarden.core.classes import botnet_named, class_named, class_of, verdict_of
from botwarden.core.label import LABELS


def test_every_label_of_a_verdict_has_a_class() -> None:
    classes = {label: class_of(label) for label in LABELS}
    assert classes["scan.mirai"] == ("mirai", "scan")
    assert classes["flood.syn"] == ("", "syn")
    assert classes["exposure.telnet"] == ("", "benign")
    assert all(attack for _, attack in classes.values())
    benign = {label for label, (_, attack) in classes.items() if attack == "benign"}
    assert benign == {label for label in LABELS if label.startswith("exposure.")}


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("mirai.scan", "scan.mirai"),
        ("gafgyt.scan", "scan.horizontal"),
        ("scan", "scan.horizontal"),
        ("mirai.udpplain", "flood.udpplain"),
        ("bashlite.tcp", "flood.tcp"),
        ("gafgyt.combo", "flood.tcp"),
        ("gafgyt.junk", "flood.tcp"),
        ("syn", "flood.syn"),
        ("cnc", "cnc.beacon"),
        ("beacon", "beacon"),
        ("exploit", "exploit.http"),
        ("bruteforce.ssh", "bruteforce.ssh"),
        ("attack", "anomaly"),
        ("mirai", "anomaly"),
        ("bruteforce", "anomaly"),
        ("what.ever", "anomaly"),
        ("", "anomaly"),
    ],
)
def test_classes_become_verdicts(name: str, label: str) -> None:
    assert verdict_of(name) == label
    assert label in LABELS


def test_a_verdict_of_a_class_is_of_that_class() -> None:
    for label in LABELS:
        name = ".".join(part for part in class_of(label) if part)
        if verdict_of(name) != "anomaly":
            assert class_of(verdict_of(name)) == class_of(label)


def test_what_is_no_label_has_no_class() -> None:
    with pytest.raises(KeyError):
        class_of("flood.nonsense")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("benign", ("", "benign")),
        (" Normal ", ("", "benign")),
        ("0", ("", "benign")),
        ("1", ("", "attack")),
        ("Attack", ("", "attack")),
        ("mirai", ("mirai", "attack")),
        ("mirai.udpplain", ("mirai", "udpplain")),
        ("BASHLITE_scan", ("gafgyt", "scan")),
        ("mirai-syn", ("mirai", "syn")),
        ("hajime.scan", ("hajime", "scan")),
        ("flood.udp", ("", "udp")),
        ("scan.mirai", ("mirai", "scan")),
        ("os_scan", ("", "os_scan")),
    ],
)
def test_classes_as_people_write_them(text: str, expected: tuple[str, str]) -> None:
    assert class_named(text) == expected


def test_a_botnet_has_one_name() -> None:
    assert [botnet_named(name) for name in ("BASHLITE", "gafgyt", "Mirai", "", "benign")] == [
        "gafgyt", "gafgyt", "mirai", "", "",
    ]  # fmt: skip
