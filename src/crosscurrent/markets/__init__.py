"""Instruments, contracts and rolls, sessions, symbology."""
