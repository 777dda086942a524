"""The device inventory: which machines there are, what they say they are, and what they are likely to be."""
