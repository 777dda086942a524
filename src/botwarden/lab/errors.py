"""What can go wrong in the lab."""

from botwarden.core.errors import ConfigError


class LabError(ConfigError):
    """The lab cannot be made or has fallen over; the text is one line."""


class Busy(LabError):
    """Another process has the lab of this machine; later it may be free."""
