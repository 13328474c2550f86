"""The version of the package, once."""

__all__ = ["VERSION"]

VERSION = "0.1.0"
