import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from botwarden.core.errors import DataError
from botwarden.stores.archive import MAX_MEMBERS, MAX_NAME, packed, unpacked

MEMBERS = {"first.txt": b"hello", "empty": b"", "größe": bytes(range(256))}


def test_members_come_back_in_their_order() -> None:
    assert list(unpacked(packed(MEMBERS)).items()) == list(MEMBERS.items())


def test_any_tool_opens_it() -> None:
    with zipfile.ZipFile(io.BytesIO(packed(MEMBERS))) as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == MEMBERS


@given(
    st.dictionaries(st.text(st.characters(codec="utf-8"), min_size=1, max_size=20), st.binary(max_size=30), min_size=1)
)
def test_whatever_is_packed_is_unpacked(members: dict[str, bytes]) -> None:
    assert unpacked(packed(members)) == members


@given(st.binary(max_size=120))
def test_junk_is_refused(junk: bytes) -> None:
    for archive in (junk, b"PK\3\4" + junk, packed(MEMBERS)[:40] + junk):
        with pytest.raises(DataError):
            unpacked(archive)


def test_every_change_of_a_byte_is_seen() -> None:
    whole = packed(MEMBERS)
    for place in range(len(whole)):
        changed = bytearray(whole)
        changed[place] ^= 0x10
        try:
            members = unpacked(bytes(changed))
        except DataError:
            continue
        raise AssertionError(f"byte {place} was changed, and it was read as {members}")


def test_every_cut_is_seen() -> None:
    whole = packed(MEMBERS)
    for length in range(len(whole)):
        with pytest.raises(DataError):
            unpacked(whole[:length])
    with pytest.raises(DataError):
        unpacked(whole + b"\0")


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_archives_of_others_are_refused(method: int) -> None:
    """Among them those that would be unpacked to far more than they hold."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        archive.writestr("bomb", bytes(1_000_000))
    with pytest.raises(DataError, match="damaged, or was changed"):
        unpacked(out.getvalue())


def test_a_name_that_is_there_twice_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("same", b"1")
        archive.writestr("same", b"2")
    with pytest.raises(DataError):
        unpacked(out.getvalue())


@pytest.mark.parametrize("members", [{"": b""}, {"x" * (MAX_NAME + 1): b""}, {str(i): b"" for i in range(MAX_MEMBERS)}])
def test_what_has_no_place_in_it_is_refused(members: dict[str, bytes]) -> None:
    with pytest.raises(ValueError, match="cannot hold"):
        packed(members)
