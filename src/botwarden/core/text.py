"""Values as people read them, and text from strangers made safe to show."""

import math
from datetime import UTC, datetime
from typing import Final

_MINUTE: Final = 60
_HOUR: Final = 3_600
_DAY: Final = 86_400
_YEAR: Final = 31_557_600  # the Julian year


def printable(text: object, limit: int = 200) -> str:
    """``text`` on one line, without anything that steers a terminal or a page, at most ``limit`` characters long.

    Control characters, terminal escapes, bidirectional overrides, invisible characters and lone surrogates become
    U+FFFD; every kind of white space becomes a single space; what is too long ends in an ellipsis.
    """
    # White space is folded below, which can only shorten: a few times the limit is enough to look at.
    whole = str(text)
    part = whole[: 4 * limit]
    if not part.isprintable():
        part = "".join(c if c.isprintable() else " " if c.isspace() else "\ufffd" for c in part)
    part = " ".join(part.split())
    if len(part) > limit or len(whole) > 4 * limit:
        return part[: limit - 1].rstrip() + "…"
    return part


def count_text(number: float) -> str:
    """``20000`` as ``20,000``."""
    return f"{number:,.0f}"


def plural(number: int, singular: str, several: str | None = None) -> str:
    """``1 device``, ``2 devices``; ``several`` where the plural takes more than an s."""
    return f"{count_text(number)} {singular if number == 1 else several or singular + 's'}"


def bytes_text(size: float) -> str:
    """A number of bytes with a decimal prefix and at most one decimal: ``2.1 MB``."""
    for unit in ("bytes", "kB", "MB", "GB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "bytes" or size >= 100 else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:,.1f} TB"


def duration_text(seconds: float) -> str:
    """A length of time in its two largest units: ``0.4 s``, ``12 s``, ``1 min 28 s``, ``3 h 5 min``, ``2 d 4 h``."""
    if not math.isfinite(seconds) or seconds < 0:
        return "unknown"
    if 0 < seconds < 0.05:
        return "under 0.1 s"
    if seconds < 10:
        return f"{seconds:.1f}".removesuffix(".0") + " s"
    whole = round(seconds)
    if whole < _MINUTE:
        return f"{whole} s"
    if whole < _HOUR:
        return _two(whole // _MINUTE, "min", whole % _MINUTE, "s")
    if whole < _DAY:
        return _two(whole // _HOUR, "h", whole % _HOUR // _MINUTE, "min")
    if whole < 10 * _YEAR:
        return _two(whole // _DAY, "d", whole % _DAY // _HOUR, "h")
    return f"{seconds / _YEAR:,.0f} years" if seconds < 1e6 * _YEAR else "over a million years"


def time_text(ts: float | None) -> str:
    """A time in UTC to the second, ``2024-03-12 14:05:12``; text for what no calendar holds."""
    if ts is None:
        return "unknown"
    moment = utc(ts)
    return f"{moment:%Y-%m-%d %H:%M:%S}" if moment else "outside the calendar"


def span_text(first_ts: float | None, last_ts: float | None) -> str:
    """Two times in UTC, the day named once where they share it: ``2024-03-12 14:05:12 – 14:06:40 UTC``."""
    if first_ts is None or last_ts is None:
        return "unknown"
    first, last = time_text(first_ts), time_text(last_ts)
    if first == last:
        return f"{first} UTC"
    if first[:10] == last[:10]:
        last = last[11:]
    return f"{first} – {last} UTC"


def utc(ts: float) -> datetime | None:
    """The moment ``ts`` in UTC; None where it is not a number or outside the years 1 to 9999."""
    try:
        return datetime.fromtimestamp(ts, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _two(large: int, large_unit: str, small: int, small_unit: str) -> str:
    return f"{large:,} {large_unit} {small} {small_unit}" if small else f"{large:,} {large_unit}"
