"""Documents compared to nine digits: what a processor or another build of a library adds beyond them is no difference."""

from __future__ import annotations


def rounded(value: object) -> object:
    """Return the document with floats to nine digits, so that another build of a library is no difference."""
    if isinstance(value, float):
        return float(f"{value:.9g}")
    if isinstance(value, dict):
        return {k: rounded(v) for k, v in value.items()}
    return [rounded(v) for v in value] if isinstance(value, list) else value
