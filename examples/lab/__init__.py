"""A house in network namespaces: what `record.py` records."""
