"""Writes our logs for one of Zeek's test traces, so that they can be compared with those that Zeek is known to write.

    python tests/traces/zeek_case.py TRACE DIR

Two things are as in Zeek's own test suite: a test that sets an option there sets ours (`SETTINGS`), and where the known
log has its times blanked (``XXXXXXXXXX.XXXXXX``), so have ours.
"""

import re
import sys
from pathlib import Path

from botwarden.app.api import logs

SETTINGS = {
    "scripts.base.protocols.dhcp.dhcp-prevent-large-msgtypes": ("dhcp_max_uids=500", "dhcp_max_messages=8"),
    "scripts.base.protocols.dhcp.dhcp-prevent-large-uids": ("dhcp_max_uids=5",),
    "scripts.base.protocols.dns.max-queries": ("dns_max_queries=3",),
    "scripts.base.protocols.dns.spf": ("checksums=check",),
    "core.tcp.bad-checksum-syn": ("checksums=check",),
}
"""Options by the name of the test: Zeek's tests redefine them so (its repository, testing/btest)."""

BLANK = "XXXXXXXXXX.XXXXXX"
_TIME = re.compile(r"^\d+\.\d{6}(?=\t)", re.MULTILINE)


def write(trace: Path, directory: Path) -> None:
    """The logs of a trace, in Zeek's format."""
    known = trace.with_name("expected.log")
    logs(trace, directory, settings=SETTINGS.get(trace.parent.name, ()), seed=1)
    if BLANK in known.read_text("utf-8", "replace"):
        for path in directory.glob("*.log"):
            path.write_text(_TIME.sub(BLANK, path.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]), Path(sys.argv[2]))
