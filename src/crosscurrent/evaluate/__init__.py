"""Replay, outcomes, nulls, inference, the record."""
