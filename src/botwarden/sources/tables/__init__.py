"""Tables of feature rows, as others publish them and as ``botwarden features`` writes them."""
