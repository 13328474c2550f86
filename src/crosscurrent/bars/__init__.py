"""Bars, Panel, Snapshot, resample, continuous futures, quality."""
