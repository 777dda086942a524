"""Writes ``logs.md`` from the record types and their docstrings: ``python docs/logs.py``."""

import ast
import inspect
import itertools
import textwrap
from pathlib import Path

from botwarden.core.record import Record, columns
from botwarden.core.records import RECORDS
from botwarden.protocols.known import KNOWN
from botwarden.protocols.settings import Settings

PAGE = Path(__file__).with_name("logs.md")

INTRO = """# Logs

```
botwarden logs house.pcap --out logs/                    # Zeek's tab-separated logs
botwarden logs house.pcap --out logs/ --format json      # its JSON lines
botwarden logs house.pcap --out logs/ --format ecs       # JSON lines under the names of the Elastic Common Schema
botwarden logs house.pcap --out logs/ --format parquet
```

writes what was said in a capture, a file per kind of record. Names, types and meanings are Zeek's where Zeek has the
log, so that its tools read them (`zeek-cut`, `zat`); fields of ours come last. It is measured [how far they agree with
what Zeek itself writes](zeek-agreement.md). The other way round, `botwarden scan` takes folders of logs that Zeek
wrote.

A protocol is recognised by what is said first, and by its port only where that says nothing: telnet on port 8000 is
telnet. Passwords are never written, only which known list they are in.

A field that is absent is `-` in Zeek's format, left out in JSON, null in Parquet. ECS fields without a name below are
written as `zeek.<log>.<field>`.

Text comes from the network: treat it as text from a stranger.
"""


def page() -> str:
    """The whole page as Markdown."""
    return "\n".join([INTRO, *map(_log, RECORDS.values()), _known(), _settings()])


def _log(record: type[Record]) -> str:
    texts = _texts(record)
    rows = [
        f"| `{c.name}` | {c.type} | {f'`{c.ecs}`' if c.ecs else ''} | {texts[c.attribute]} |" for c in columns(record)
    ]
    intro = " ".join(inspect.cleandoc(record.__doc__ or "").split()).replace("``", "`")
    head = "| field | type | in ECS | meaning |\n|---|---|---|---|"
    return "\n".join([f"## {record.path}\n", f"{intro}\n", head, *rows, ""])


def _known() -> str:
    names = ", ".join(f"`{known.name}`" for known in KNOWN)
    return f"## Protocols that are only named\n\nRecognised by their first bytes, for `service` in conn.log: {names}.\n"


def _settings() -> str:
    texts = _texts(Settings)
    defaults = dict(zip(Settings.__struct_fields__, Settings.__struct_defaults__, strict=True))
    rows = [f"| `{name}` | `{value}` | {texts[name]} |" for name, value in defaults.items()]
    head = "| setting | default | meaning |\n|---|---|---|"
    return "\n".join(["## Settings\n", "`--set NAME=VALUE`:\n", head, *rows, ""])


def _texts(struct: type) -> dict[str, str]:
    """The texts below the fields of a struct and of those it extends."""
    found: dict[str, str] = {}
    for base in reversed(struct.__mro__[:-1]):
        if not base.__module__.startswith("botwarden"):
            continue
        body = ast.parse(textwrap.dedent(inspect.getsource(base))).body[0].body  # type: ignore[attr-defined]
        for field, text in itertools.pairwise(body):
            if isinstance(field, ast.AnnAssign) and isinstance(text, ast.Expr) and isinstance(text.value, ast.Constant):
                found[ast.unparse(field.target)] = " ".join(str(text.value.value).split()).replace("``", "`")
    return found


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
