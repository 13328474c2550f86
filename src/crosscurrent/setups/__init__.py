"""Plans: entry, stop, targets, invalidation."""
