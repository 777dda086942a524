"""Packets to verdicts: counters over sliding windows, behaviours, fusion. Pure."""
