"""``ssdp.log`` and ``upnp.log``: discovery of UPnP devices, and what is asked of them."""

from typing import Annotated, ClassVar

from botwarden.core.record import Addr, Count, Ecs, Port, Text, UidRecord


class SsdpRecord(UidRecord, frozen=True, kw_only=True):
    """One search, announcement or answer of the Simple Service Discovery Protocol."""

    path: ClassVar[str] = "ssdp"

    method: Text
    """``M-SEARCH``, ``NOTIFY`` or ``RESPONSE``."""
    target: Text | None = None
    """What is searched for or announced: ST or NT."""
    usn: Text | None = None
    """Unique name of the service."""
    nts: Text | None = None
    """``ssdp:alive``, ``ssdp:byebye`` or ``ssdp:update``."""
    location: Annotated[Text | None, Ecs("url.original")] = None
    """Where its description is."""
    server: Text | None = None
    """System and product of who announces."""
    user_agent: Annotated[Text | None, Ecs("user_agent.original")] = None
    """System and product of who searches."""


class UpnpRecord(UidRecord, frozen=True, kw_only=True):
    """A UPnP device's description, or an action asked of one over SOAP; also NAT-PMP mappings."""

    path: ClassVar[str] = "upnp"

    kind: Text
    """``description``, ``action`` or ``nat-pmp``."""
    action: Text | None = None
    """Name of the action, such as AddPortMapping; NAT-PMP's and PCP's mappings are told in the same words."""
    external_port: Port | None = None
    """Port that the router opens to the internet."""
    internal_client: Addr | None = None
    """Whom it leads to."""
    internal_port: Port | None = None
    """That machine's port."""
    protocol: Text | None = None
    """TCP or UDP."""
    description: Text | None = None
    """What the mapping is said to be for."""
    lease: Count | None = None
    """For how long, s; 0: for ever, or, where a mapping is deleted, no longer."""
    status_code: Count | None = None
    """HTTP status of the answer; NAT-PMP, PCP: its result code, 0 is success."""
    friendly_name: Text | None = None
    """Of the described device."""
    manufacturer: Text | None = None
    """Who made it."""
    model_name: Text | None = None
    """What it is."""
    model_number: Text | None = None
    """Which version."""
    device_type: Text | None = None
    """Its type's URN."""
