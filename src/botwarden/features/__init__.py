"""Packets to feature rows: schemas, damped statistics, bounded stream tables. Pure."""
