"""What each device of the house is and does, by its role."""
