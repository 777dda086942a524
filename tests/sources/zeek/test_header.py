import pytest
from hypothesis import given
from hypothesis import strategies as st

from botwarden.sources.zeek.header import Header


def header(*lines: bytes) -> Header:
    found = Header()
    for line in lines:
        found.read(line)
    return found


def test_zeeks_own() -> None:
    found = header(
        b"#separator \\x09", b"#set_separator\t,", b"#empty_field\t(empty)", b"#unset_field\t-", b"#path\tconn",
        b"#open\t2019-03-15-14-50-49", b"#fields\tts\tuid\tid.orig_h", b"#types\ttime\tstring\taddr",
    )  # fmt: skip
    assert (found.separator, found.set_separator, found.empty, found.unset) == ("\t", ",", "(empty)", "-")
    assert found.path == "conn"
    assert found.fields == ("ts", "uid", "id.orig_h")
    assert not found.labelled


def test_other_separators() -> None:
    found = header(
        b"#separator |",
        b"#set_separator|\\x3b",
        b"#empty_field|NONE",
        b"#unset_field|",
        b"#path|dns",
        b"#fields|ts|uid",
    )
    assert (found.separator, found.set_separator, found.empty, found.unset) == ("|", ";", "NONE", "")
    assert (found.path, found.fields) == ("dns", ("ts", "uid"))


def test_labels_behind_the_last_column() -> None:
    found = header(b"#separator \\x09", b"#fields\tts\ttunnel_parents   label   detailed-label")
    assert found.fields == ("ts", "tunnel_parents")
    assert found.labelled


@pytest.mark.parametrize("line", [b"#separator ", b"#separator", b"#set_separator\t", b"#fields" + b"\tx" * 5000])
def test_what_leaves_a_log_unreadable_raises(line: bytes) -> None:
    with pytest.raises(ValueError, match=r"no|more"):
        header(line)


@given(st.lists(st.binary(max_size=30).map(lambda data: b"#" + data)))
def test_any_header_is_read_or_refused(lines: list[bytes]) -> None:
    try:
        found = header(*lines)
    except ValueError:
        return
    assert found.separator
