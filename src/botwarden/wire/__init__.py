"""Bytes to packets: capture formats, link layers, frame decoding. Pure: no file, clock or socket."""
