"""A real lab where one can be made."""

from houses import network

__all__ = ["network"]
