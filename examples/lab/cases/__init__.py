"""The small labelled captures: what `cases.py` records, one behaviour each."""
