"""`Settings`: what can be set about reading traffic, each with the reason for its default."""

from collections.abc import Sequence
from typing import Final, Literal

import msgspec

from botwarden.core.errors import ConfigError

MAX_VALUE: Final = 100_000
"""Largest number that a setting takes: each of them stands for memory."""


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Options of ``botwarden logs --set NAME=VALUE``. The defaults are Zeek's where it has the option."""

    checksums: Literal["auto", "check", "ignore"] = "auto"
    """Packets with a wrong checksum, which their receiver drops: ``auto`` believes a wrong one where the sender's are
    right as a rule (captures on the sending machine have wrong ones throughout), ``check`` always, ``ignore`` never."""
    budget: int | None = None
    """Packets a second between two devices that are read while nobody knows what they speak, and eight times as many
    after that; the others count as unread. It keeps pace with floods, as `scan` does at 1024. None given: all."""
    dns_max_queries: int = 25
    """Questions in one message above which it is no DNS (Zeek's dns_max_queries)."""
    dhcp_max_uids: int = 10
    """Connections in one record (DHCP::max_uids_per_log_entry)."""
    dhcp_max_messages: int = 50
    """Messages in one record (DHCP::max_msg_types_per_log_entry)."""


def parse_settings(texts: Sequence[str]) -> Settings:
    """Settings of texts ``NAME=VALUE``. Raises ConfigError for an unknown name or a value that does not fit."""
    values: dict[str, str] = {}
    for text in texts:
        name, given, value = text.partition("=")
        name = name.strip().replace("-", "_")
        if not given or name not in Settings.__struct_fields__:
            known = ", ".join(Settings.__struct_fields__)
            raise ConfigError(f"'{text}' sets nothing; write NAME=VALUE with one of {known}")
        values[name] = value.strip()
    try:
        settings = msgspec.convert(values, Settings, strict=False)
    except msgspec.ValidationError as error:
        raise ConfigError(f"a setting cannot be used: {error}") from None
    for name in Settings.__struct_fields__:
        value = getattr(settings, name)
        if isinstance(value, int) and not 1 <= value <= MAX_VALUE:
            raise ConfigError(f"{name} takes a number from 1 to {MAX_VALUE:,}")
    return settings
