"""Causal array functions and their inverses."""
