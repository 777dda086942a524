"""Which analyzers there are, in the order in which they look at a connection's first bytes: the strictest first."""

from typing import Final

from botwarden.protocols.analyzer import Analyzer

ANALYZERS: Final[tuple[type[Analyzer], ...]] = ()
