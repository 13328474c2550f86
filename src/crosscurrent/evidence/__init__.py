"""What a fact means for a market, and its record against chance."""
