"""Packets to records: one file per protocol. Pure; any bytes give a value, never an exception."""
