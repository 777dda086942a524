"""Packets out of conversations: what Zeek's conn.log tells, in a form that the detector can watch."""
