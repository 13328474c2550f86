"""A chart is data: panes and marks, no drawing."""
