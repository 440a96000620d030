"""Where messages to people go: e-mail by SMTP, short messages by a provider, or development's outbox."""

from auth.channels.channel import Channel, Undelivered
from auth.channels.configured import Channels
from auth.channels.outbox import Outbox

__all__ = ["Channel", "Channels", "Outbox", "Undelivered"]
