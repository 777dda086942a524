"""Connections: who talked with whom, how it went, and which packets hold bytes that somebody should read."""
