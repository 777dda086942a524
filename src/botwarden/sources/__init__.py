"""Adapters that bring packets in: files, compressed files, standard input."""
