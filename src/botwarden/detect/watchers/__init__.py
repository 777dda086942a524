"""Behaviours over records (`botwarden.detect.watch`), and `WATCHERS`, the list of them all."""

from typing import Final

from botwarden.detect.watch import Watcher
from botwarden.detect.watchers.dga import MadeUpNames
from botwarden.detect.watchers.exploit import Exploits
from botwarden.detect.watchers.exposure import Exposure
from botwarden.detect.watchers.guessing import Guessing
from botwarden.detect.watchers.infection import Infection
from botwarden.detect.watchers.mapping import Mappings
from botwarden.detect.watchers.orders import Orders
from botwarden.detect.watchers.periodic import Periodic
from botwarden.detect.watchers.service import Services
from botwarden.detect.watchers.tunnel import Tunnels

WATCHERS: Final[tuple[type[Watcher], ...]] = (
    Guessing,
    Infection,
    Exploits,
    Exposure,
    Mappings,
    Services,
    Orders,
    Periodic,
    MadeUpNames,
    Tunnels,
)
