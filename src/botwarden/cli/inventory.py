"""The inventory on a terminal: a table of the devices, then what is known of each."""

import io
from collections.abc import Iterable
from typing import Final

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from botwarden.app.summary import NAME_LENGTH, device_title, duration, main_ip, notes
from botwarden.cli.terminal import ASCII, screen
from botwarden.core.device import Device, Guess, Service
from botwarden.core.report import DevicesReport
from botwarden.core.text import bytes_text, duration_text, plural, printable, span_text, time_text

LISTED_DEVICES: Final = 60
"""Rows of the table: whoever forges MAC addresses makes thousands."""
DETAILED_DEVICES: Final = 30
"""Devices that are told of in full."""
LISTED: Final = 8
"""Values of a kind that are told of a device."""
VALUE_LENGTH: Final = 80
"""Characters of one."""

# columns of the table, and the widths of the terminal from which on they fit
_TITLE: Final = 26
_VENDOR: Final = 28
_VENDOR_FITS: Final = 70
_SERVICES_FIT: Final = 100


def render(report: DevicesReport, *, width: int = 80, colour: bool = False, unicode: bool = True) -> str:
    """The list as text for a terminal of ``width`` columns.

    Nothing in it comes unfiltered from the network: it carries no control character but newlines and, with
    ``colour``, the escapes for colours. Without ``unicode`` its own signs are ASCII.
    """
    out = io.StringIO()
    console = screen(out, width, colour)
    console.print(_head(report))
    if report.devices:
        console.print(_table(report.devices, console.width))
    for device in report.devices[:DETAILED_DEVICES]:
        console.print(_details(device))
    if len(report.devices) > DETAILED_DEVICES:
        rest = plural(len(report.devices) - DETAILED_DEVICES, "more device")
        console.print(Text(f"\n… and {rest}: --json FILE has them all."))
    console.print(Text())
    for note in notes(report.stats):
        console.print(Text(f"note: {note}", style="dim"))
    text = "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"
    return text if unicode else text.translate(ASCII)


def _head(report: DevicesReport) -> RenderableType:
    stats = report.stats
    facts = [plural(len(report.devices), "device"), plural(stats.packets, "packet"), bytes_text(stats.bytes)]
    lines = [Text(" · ".join(facts), style="bold")]
    if stats.first_ts is not None:
        when = f"{span_text(stats.first_ts, stats.last_ts)} ({duration_text(duration(stats))})"
        lines.append(Text(when, style="dim"))
    return Group(*lines)


def _table(devices: list[Device], width: int) -> RenderableType:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), show_edge=False, header_style="bold", pad_edge=False)
    shown = devices[:LISTED_DEVICES]
    titles, kinds = [_title(device) for device in shown], [_kind(device.guess) for device in shown]
    with_vendor, with_services = width >= _VENDOR_FITS, width >= _SERVICES_FIT
    table.add_column("Device", no_wrap=True, min_width=min(_TITLE, max(map(len, titles))), max_width=_TITLE)
    table.add_column("Kind", no_wrap=True, min_width=max(map(len, kinds)))
    table.add_column("IP address", no_wrap=True, min_width=15, max_width=15)
    if with_vendor:
        table.add_column("Vendor", no_wrap=True, min_width=10, max_width=_VENDOR if with_services else None)
    if with_services:
        table.add_column("Services", no_wrap=True, min_width=10)
    for device, title, kind in zip(shown, titles, kinds, strict=True):
        services = " ".join(f"{service.proto}/{service.port}" for service in device.services if service.answered)
        table.add_row(
            Text(title),
            Text(kind),
            Text(main_ip(device) or "–"),
            *([Text(_maker(device))] if with_vendor else []),
            *([Text(services or "–")] if with_services else []),
        )
    parts: list[RenderableType] = [Text(), table]
    if len(devices) > LISTED_DEVICES:
        parts.append(Text(f"… and {plural(len(devices) - LISTED_DEVICES, 'more device')}", style="dim"))
    return Group(*parts)


def _title(device: Device) -> str:
    """What to call a device in few words: its name, else its model, else its MAC."""
    if device.name or not (device.model or device.mac):
        return device_title(device)
    return printable(device.model or device.mac or "", NAME_LENGTH)


def _kind(guess: Guess | None) -> str:
    return f"{guess.type} {round(guess.confidence * 100)} %" if guess else "–"


def _maker(device: Device) -> str:
    if device.vendor:
        return printable(device.vendor, NAME_LENGTH)
    return "(random MAC)" if device.random_mac else "–"


def _service(service: Service) -> str:
    name = f" {printable(service.name, 30)}" if service.name else ""
    return f"{service.proto}/{service.port}{name}"


def _details(device: Device) -> RenderableType:
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(no_wrap=True, min_width=10)
    grid.add_column(overflow="fold")
    for label, value in _facts(device):
        if value:
            grid.add_row(Text(f"  {label}", style="dim"), Text(value))
    return Group(Text(), Text(_title(device), style="bold"), grid)


def _facts(device: Device) -> list[tuple[str, str]]:
    guess, dhcp = device.guess, device.dhcp
    kind = f"{guess.type}, {round(guess.confidence * 100)} % sure: {_joined(guess.evidence)}" if guess else ""
    addresses = [
        f"{use.address} ({time_text(use.first_ts)} – {time_text(use.last_ts)[11:]})" for use in device.addresses
    ]
    answered = [_service(service) for service in device.services if service.answered]
    announced = [_service(service) for service in device.services if not service.answered]
    asked = f"options {','.join(map(str, dhcp.params))}" if dhcp and dhcp.params else ""
    return [
        ("kind", kind),
        ("model", printable(device.model or "", VALUE_LENGTH)),
        ("MAC", f"{printable(device.mac, 20)} · {_maker(device)}" if device.mac else ""),
        ("role", "gateway" if device.gateway else ""),
        ("addresses", _joined(addresses or device.ips)),
        ("names", _joined(f"{name.name} ({name.origin})" for name in device.host_names)),
        ("serves", _joined(answered)),
        ("announces", _joined(announced)),
        ("asks for", _joined(device.domains)),
        ("programs", _joined(device.user_agents)),
        ("greets as", _joined(device.banners)),
        ("DHCP", " · ".join(part for part in (printable((dhcp and dhcp.vendor_class) or "", 64), asked) if part)),
        ("JA4", _joined(device.ja4)),
    ]


def _joined(values: Iterable[str]) -> str:
    texts = [printable(value, VALUE_LENGTH) for value in values]
    shown = ", ".join(texts[:LISTED])
    return f"{shown} and {len(texts) - LISTED} more" if len(texts) > LISTED else shown
