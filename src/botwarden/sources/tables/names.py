"""What the path of a table says of its rows, as in the N-BaIoT data set (UCI 442, Meidan et al. 2018).

As downloaded from UCI: ``<device>/benign_traffic.csv``, ``<device>/gafgyt_attacks/<attack>.csv``,
``<device>/mirai_attacks/<attack>.csv``. As on Kaggle: ``<number>.benign.csv``, ``<number>.<botnet>.<attack>.csv``.
"""

import re
from pathlib import Path
from typing import Final

from botwarden.core.classes import BOTNETS, MAX_NAME, botnet_named
from botwarden.core.row import ATTACK, Group
from botwarden.core.text import printable

DEVICES: Final = (
    "Danmini_Doorbell",
    "Ecobee_Thermostat",
    "Ennio_Doorbell",
    "Philips_B120N10_Baby_Monitor",
    "Provision_PT_737E_Security_Camera",
    "Provision_PT_838_Security_Camera",
    "Samsung_SNH_1011_N_Webcam",
    "SimpleHome_XCS7_1002_WHT_Security_Camera",
    "SimpleHome_XCS7_1003_WHT_Security_Camera",
)
"""The nine devices of N-BaIoT; the flat names count them from 1 in this order."""

SUFFIXES: Final = (".csv", ".csv.gz", ".csv.zst", ".parquet")
"""What names of tables end in."""

_FLAT: Final = re.compile(r"([1-9])\.(benign|[a-z]+)(?:\.([a-z0-9_]+))?", re.IGNORECASE)
_FOLDER: Final = re.compile(r"([a-z]+?)(?:[_ -]?attacks?)?", re.IGNORECASE)


def table_stem(path: Path) -> str | None:
    """The name of a table without its suffix; None for what is not named as a table."""
    name = path.name.lower()
    for suffix in SUFFIXES:
        if name.endswith(suffix) and len(name) > len(suffix):
            return path.name[: -len(suffix)]
    return None


def group_named(path: Path) -> Group | None:
    """What the rows of a table in the layout of N-BaIoT belong to; None for any other path."""
    stem = table_stem(path)
    if stem is None:
        return None
    flat = _FLAT.fullmatch(stem)
    if flat:
        return _flat(int(flat[1]), flat[2].lower(), (flat[3] or "").lower())
    path = path.absolute()
    if stem.lower() == "benign_traffic":
        return Group(printable(path.parent.name, MAX_NAME))
    botnet = _botnet_of(path.parent)
    if not botnet:
        return None
    device = path.parent.parent
    while _botnet_of(device):  # an archive unpacked in a folder of its own name
        device = device.parent
    return Group(printable(device.name, MAX_NAME), botnet, printable(stem.lower(), MAX_NAME))


def group_of_part(path: Path) -> Group | None:
    """The same for a table found in a folder, where ``benign….csv`` and ``attack….csv`` count as well."""
    group = group_named(path)
    stem = (table_stem(path) or "").lower()
    if group is None and re.match(r"benign(?![a-z])", stem):
        return Group()
    if group is None and re.match(r"attacks?(?![a-z])", stem):
        return Group(attack=ATTACK)
    return group


def _botnet_of(folder: Path) -> str:
    """The botnet whose attacks a folder holds by its name; empty where it is another folder."""
    named = _FOLDER.fullmatch(folder.name)
    botnet = botnet_named(named[1]) if named else ""
    return botnet if botnet in BOTNETS else ""


def _flat(device: int, kind: str, attack: str) -> Group | None:
    name = DEVICES[device - 1]
    if kind == "benign" and not attack:
        return Group(name)
    botnet = botnet_named(kind)
    return Group(name, botnet, attack) if botnet in BOTNETS and attack else None
