"""Behaviours over records (`botwarden.detect.watch`), and `WATCHERS`, the list of them all."""

from typing import Final

from botwarden.detect.watch import Watcher

WATCHERS: Final[tuple[type[Watcher], ...]] = ()
