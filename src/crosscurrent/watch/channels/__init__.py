"""Channels: how an alert reaches people, one a file; each tells what it is given or raises `Untold`, and is then tried again later."""

from crosscurrent.watch.channels.channel import Channel, Untold
from crosscurrent.watch.channels.services import Services
from crosscurrent.watch.channels.terminal import Terminal
from crosscurrent.watch.channels.webhook import Webhook

__all__ = ["CHANNELS", "Channel", "Services", "Terminal", "Untold", "Webhook"]

CHANNELS = (Terminal, Webhook, Services)
"""Every channel."""
