"""The small labelled captures: who plays what in `cases.py`, on the lab of `botwarden lab`."""
