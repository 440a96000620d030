"""Channels for messages: e-mail by SMTP, SMS by a provider, or a local outbox in development."""

from auth.channels.channel import Channel, Undelivered
from auth.channels.configured import Channels
from auth.channels.outbox import Outbox

__all__ = ["Channel", "Channels", "Outbox", "Undelivered"]
