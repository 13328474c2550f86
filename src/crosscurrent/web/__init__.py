"""The live desk: a small app over notes, charts and the record, for this machine alone."""
