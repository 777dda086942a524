"""Logs that Zeek wrote, as records: TSV and JSON, plain or compressed, one file or a folder of them."""
