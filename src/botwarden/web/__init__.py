"""Pages that people look at: the report as one self-contained HTML file."""
