"""Programs that devices received, put together from the record of the file and that of the request for it."""

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Final, NamedTuple

from botwarden.core.record import Record
from botwarden.core.records.files import FileRecord
from botwarden.core.records.ftp import FtpRecord
from botwarden.core.records.http import HttpRecord
from botwarden.core.records.tftp import TftpRecord
from botwarden.detect.recent import Recent
from botwarden.detect.story import Fetch

MAX_WAITING: Final = 512
"""Files that wait for their request, and requests that wait for their file."""
MAX_FILES: Final = 4
"""Files of one request that are looked at."""
MIN_NAMED_BYTES: Final = 1000
"""Bytes of a download that is told by its name alone: error pages have the name of what was asked for."""
MAX_TEXT: Final = 200
"""Characters of a URL or name that are kept."""

_BOT_NAME: Final = re.compile(
    r"(?i)(?:^|[._-])(?:arm[4-7]?[nl]?|mips|mpsl|mipsel|x86(?:_64)?|i[3-6]86|ppc|sh4|spc|m68k)$"
    r"|^(?:bins?|tftp[12]?)\.sh$|^mozi\.[a-z0-9]$"
)
"""Names that bots give their programs, one for each processor, and the scripts that fetch them all."""
_PROGRAM_TYPES: Final = {
    "application/x-executable": "ELF",
    "application/x-sharedlib": "ELF",
    "application/x-elf": "ELF",
    "application/x-dosexec": "PE",
    "text/x-shellscript": "shell script",
}
"""MIME types of programs, for records that do not say what an executable runs on, as Zeek's do not."""


class Received(NamedTuple):
    """A program and the address that received it. ``key`` : the same for all that is learned of one file."""

    device: str
    key: str
    fetch: Fetch


class Downloads:
    """Reads the records of files, HTTP, FTP and TFTP."""

    def __init__(self) -> None:
        """Wait for nothing yet."""
        self._urls: Recent[str, str] = Recent(MAX_WAITING, str)
        self._files: Recent[str, Received | None] = Recent(MAX_WAITING, lambda: None)

    def read(self, record: Record) -> list[Received]:
        """What a record says, or adds to what was said before, of programs received."""
        if isinstance(record, FileRecord):
            return self._file(record)
        if isinstance(record, HttpRecord):
            return self._request(record)
        if isinstance(record, TftpRecord):
            return self._transfer(record)
        return self._retrieval(record) if isinstance(record, FtpRecord) else []

    def _file(self, record: FileRecord) -> list[Received]:
        kind = record.executable or _PROGRAM_TYPES.get(record.mime_type or "")
        if kind is None:
            return []
        device, peer = (record.resp_h, record.orig_h) if record.is_orig else (record.orig_h, record.resp_h)
        url = self._urls.get(record.fuid)
        fetch = Fetch(
            ts=record.ts,
            peer=peer,
            port=record.resp_p,
            name=(record.filename or _name(url))[:MAX_TEXT],
            url=url,
            kind=kind,
            size=max(record.seen_bytes, 0),
            sha256=record.sha256,
        )
        received = Received(device, record.fuid, fetch)
        self._files.put(record.fuid, received)
        return [received]

    def _request(self, record: HttpRecord) -> list[Received]:
        port = "" if record.resp_p == 80 else f":{record.resp_p}"
        host = record.host or record.resp_h
        url = f"http://{f'[{host}]' if ':' in host else host}{port}{record.uri or '/'}"[:MAX_TEXT]
        files = (record.resp_fuids or ())[:MAX_FILES]
        found = self._named_later(files, url)
        plain = any(kind.startswith("text/") for kind in record.resp_mime_types or ())
        if not found and record.status_code == 200 and not plain:
            key = files[0] if files else record.uid
            return _by_name(key, record.orig_h, record.resp_h, record, _name(url), url, record.response_body_len)
        return found

    def _transfer(self, record: TftpRecord) -> list[Received]:
        device, peer = (record.resp_h, record.orig_h) if record.wrq else (record.orig_h, record.resp_h)
        name = (record.filename or "")[:MAX_TEXT]
        url = f"tftp://{peer}/{name}"
        if record.fuid:
            found = self._named_later([record.fuid], url)
            if found:
                return found
        return _by_name(record.fuid or record.uid, device, peer, record, name, url, record.size)

    def _retrieval(self, record: FtpRecord) -> list[Received]:
        if record.command not in ("RETR", "STOR") or not record.arg:
            return []
        url = record.arg[:MAX_TEXT]
        return self._named_later([record.fuid], url) if record.fuid else []

    def _named_later(self, fuids: Iterable[str], url: str) -> list[Received]:
        """Note where files came from; those that passed by before are told again with it."""
        found = []
        for fuid in fuids:
            self._urls.put(fuid, url)
            received = self._files.get(fuid)
            if received is not None:
                fetch = replace(received.fetch, url=url, name=received.fetch.name or _name(url))
                found.append(received._replace(fetch=fetch))
        return found


def _by_name(
    key: str, device: str, peer: str, record: HttpRecord | TftpRecord, name: str, url: str, size: int
) -> list[Received]:
    if size < MIN_NAMED_BYTES or not _BOT_NAME.search(name):
        return []
    return [Received(device, key, Fetch(record.ts, peer, record.resp_p, name, url, size=size))]


def _name(url: str | None) -> str:
    """The last part of a URL's path."""
    return (url or "").partition("?")[0].rpartition("/")[2]
