from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from botwarden.core.record import Record
from botwarden.core.records.files import FileRecord
from botwarden.core.records.ftp import FtpRecord
from botwarden.core.records.tftp import TftpRecord
from botwarden.detect.downloads import MAX_WAITING, MIN_NAMED_BYTES, Downloads, Received
from detect.watchers.scenes import CAM, LAPTOP, LOADER, T0, ends, fetched, http, tftp


def received(*records: Record) -> dict[str, Received]:
    """By key; what comes later takes the place of what came before."""
    downloads = Downloads()
    return {found.key: found for record in records for found in downloads.read(record)}


@pytest.mark.parametrize("order", [1, -1])
def test_the_file_and_its_request_come_in_any_order(order: int) -> None:
    (found,) = received(*fetched(CAM, LOADER, 5, "/bins/bot.arm?x=/y")[::order]).values()
    fetch = found.fetch
    assert found.device == CAM
    assert (fetch.peer, fetch.port, fetch.ts) == (LOADER, 80, T0 + 5)
    assert (fetch.name, fetch.url) == ("bot.arm", f"http://{LOADER}/bins/bot.arm?x=/y")
    assert (fetch.kind, fetch.size, fetch.sha256) == ("ELF 32-bit LSB ARM", 45_000, "ab" * 32)


def test_who_receives_is_the_other_end_of_who_sends() -> None:
    upload = FileRecord(ts=T0, **ends(LAPTOP, CAM, 80), fuid="F1", source="HTTP", is_orig=True, executable="ELF")
    (found,) = received(upload).values()
    assert (found.device, found.fetch.peer) == (CAM, LAPTOP)


def test_zeeks_records_are_told_by_their_type() -> None:
    line = ends(CAM, LOADER, 80)
    for kind, told in (("application/x-executable", "ELF"), ("text/x-shellscript", "shell script")):
        (found,) = received(FileRecord(ts=T0, **line, fuid="F1", source="HTTP", mime_type=kind)).values()
        assert found.fetch.kind == told
    assert received(FileRecord(ts=T0, **line, fuid="F1", source="HTTP", mime_type="image/jpeg")) == {}


@pytest.mark.parametrize(
    ("uri", "fields", "is_bot"),
    [
        ("/bins/mirai.arm", {}, True),
        ("/bins/mirai.arm7", {}, True),
        ("/arm7", {}, True),
        ("/x86_64", {}, True),
        ("/a/Mozi.m", {}, True),
        ("/bins.sh", {}, True),
        ("/bins/mirai.arm", {"status": 404}, False),
        ("/bins/mirai.arm", {"response_body_len": MIN_NAMED_BYTES - 1}, False),
        ("/bins/mirai.arm", {"resp_mime_types": ("text/html",)}, False),
        ("/charm", {}, False),
        ("/firmware-x86.bin", {}, False),
        ("/index.html", {}, False),
        ("/?file=mirai.arm", {}, False),
    ],
)
def test_names_that_bots_give_their_programs(uri: str, fields: dict[str, Any], is_bot: bool) -> None:
    record = http(CAM, LOADER, 0, uri, **({"response_body_len": 50_000} | fields))
    assert bool(received(record)) is is_bot


def test_urls_name_ports_and_brackets() -> None:
    record = http(CAM, LOADER, 0, "/x.arm", host="2001:db8::1", port=8080, response_body_len=5000)
    (found,) = received(record).values()
    assert found.fetch.url == "http://[2001:db8::1]:8080/x.arm"


def test_tftp_and_ftp() -> None:
    (found,) = received(tftp(CAM, LOADER, 0, "bot.mips")).values()
    assert found.fetch.url == f"tftp://{LOADER}/bot.mips"
    pushed = TftpRecord(ts=T0, **ends(LOADER, CAM, 69), wrq=True, filename="bot.mips", size=5000)
    (found,) = received(pushed).values()
    assert (found.device, found.fetch.peer) == (CAM, LOADER)
    file = FileRecord(ts=T0, **ends(CAM, LOADER, 20), fuid="F9", source="FTP_DATA", executable="ELF 32-bit LSB ARM")
    url = f"ftp://{LOADER}/bot"
    command = FtpRecord(ts=T0, **ends(CAM, LOADER, 21), command="RETR", arg=url, fuid="F9")
    (found,) = received(file, command).values()
    assert (found.fetch.url, found.fetch.name) == (url, "bot")
    asked = tftp(CAM, LOADER, 0, "a")
    (found,) = received(
        FileRecord(ts=T0, **ends(CAM, LOADER, 69), fuid="F8", source="TFTP", executable="shell script"),
        TftpRecord(**{name: getattr(asked, name) for name in asked.__struct_fields__} | {"fuid": "F8"}),
    ).values()
    assert found.fetch.url == f"tftp://{LOADER}/a"


def test_memory_stays_within_its_limits() -> None:
    downloads = Downloads()
    for n in range(2000):
        for record in fetched(CAM, LOADER, n, f"/{n}.arm"):
            downloads.read(record)
    assert len(downloads._urls) == len(downloads._files) == MAX_WAITING


@given(
    st.text(max_size=300), st.none() | st.text(max_size=300), st.none() | st.integers(0, 999), st.integers(-9, 2**40)
)
def test_any_request_is_digested(uri: str, host: str | None, status: int | None, size: int) -> None:
    record = http(CAM, LOADER, 0, uri, status, host=host, response_body_len=size, resp_fuids=("",))
    for found in received(record).values():
        assert len(found.fetch.name) <= 200
