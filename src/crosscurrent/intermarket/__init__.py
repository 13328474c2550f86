"""How markets move together."""
