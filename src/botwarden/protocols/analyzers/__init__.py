"""One analyzer a protocol: bytes of a connection to records. The rules are in `botwarden.protocols.analyzer`."""
