"""Tells a waiting user that kernels are being compiled, which happens once per installation."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from numba.core import event

NOTICE = "compiling for this machine, which happens once and takes about a minute …"


class _Teller(event.Listener):
    """Passes the notice on at the first compilation."""

    def __init__(self, notice: Callable[[str], None]) -> None:
        self._notice: Callable[[str], None] | None = notice

    def on_start(self, event: Any) -> None:
        if self._notice:
            self._notice(NOTICE)
            self._notice = None

    def on_end(self, event: Any) -> None:
        """Nothing to say."""


@contextmanager
def telling(notice: Callable[[str], None] | None) -> Iterator[None]:
    """While in this context, call ``notice`` once if a kernel has to be compiled."""
    if notice is None:
        yield
        return
    with event.install_listener("numba:compile", _Teller(notice)):
        yield
