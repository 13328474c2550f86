"""The note, one section a file."""
