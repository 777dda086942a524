"""Numbers, durations and lists as people say them."""

from collections.abc import Sequence

from botwarden.core.text import utc


def count(n: float, one: str, many: str = "") -> str:
    """``1 address``, ``1,204 addresses``."""
    whole = round(n)
    return f"{whole:,} {one if whole == 1 else many or one + 's'}"


def span(seconds: float) -> str:
    """A duration with one or two units: ``8 s``, ``3 min``, ``2 h 5 min``, ``4 days``."""
    if seconds < 1:
        return "under 1 s"
    if seconds < 120:
        return f"{round(seconds)} s"
    minutes = round(seconds / 60)
    if minutes < 120:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    return f"{round(hours / 24)} days"


def clock(ts: float, since: float | None = None) -> str:
    """A time of day in UTC, ``10:04:31``; with the day where that is not the day of ``since``."""
    moment, first = utc(ts), utc(ts if since is None else since)
    if moment is None:
        return "an unknown time"
    return f"{moment:%H:%M:%S}" if first and moment.date() == first.date() else f"{moment:%Y-%m-%d %H:%M:%S}"


def watched(seconds: float) -> str:
    """How long a device had been watched, as in "in the hour before": an hour is as far back as is compared."""
    return "hour" if seconds >= 3600 else span(seconds)


def gap(seconds: float) -> str:
    """An interval, finer than `span`: ``0.2 ms``, ``1.5 s``, ``80 s``."""
    if seconds < 0.1:
        return f"{float(f'{seconds * 1000:.2g}'):g} ms"  # through float: 100 ms, not 1e+02 ms
    if seconds < 10:
        return f"{seconds:.1f} s"
    return span(seconds)


def rate(n: float, seconds: float) -> float:
    """Per second, over at least a tenth of one."""
    return n / max(seconds, 0.1)


def share(part: float, whole: float) -> str:
    """``98 %``; never 0 % unless it is none, never 100 % unless it is all."""
    percent = 100 * part / whole if whole > 0 else 0.0
    if 0 < percent < 1:
        return "under 1 %"
    return f"{min(round(percent), 99) if percent < 100 else 100} %"


def some(items: Sequence[object], total: int | None = None, most: int = 3) -> str:
    """The first few of a list: ``a, b and c``, or ``a, b, c and 4 more``."""
    shown = [str(item) for item in items[:most]]
    more = (len(items) if total is None else total) - len(shown)
    if more > 0:
        return f"{', '.join(shown)} and {more:,} more"
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"
