"""The market analyst's intermarket note, written from data."""
