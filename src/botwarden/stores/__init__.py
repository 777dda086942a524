"""Adapters that keep or look up: feature tables, reports, the registry of MAC vendors."""
