"""A note as HTML, Markdown and JSON."""
