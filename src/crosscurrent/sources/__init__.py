"""Files, sample, providers, archive, calendars: where data comes in."""
