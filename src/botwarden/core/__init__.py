"""Values and ports: what the rooms hand to each other. Standard library, numpy and msgspec only."""
