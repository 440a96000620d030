"""The channels selected by the configuration."""

from collections.abc import Mapping

from auth.channels.channel import Channel
from auth.channels.outbox import Outbox
from models.errors import ChannelUnavailable
from models.identity import CredentialKind
from models.settings import Settings


class Channels:
    """The channel of each kind of address; without one, sending is refused."""

    def __init__(self, channels: Mapping[CredentialKind, Channel]) -> None:
        self._channels = channels

    @classmethod
    def from_settings(cls, settings: Settings) -> "Channels":
        """SMTP and the SMS provider where they are configured; else, in development, the outbox.

        Their clients are imported only where they are configured.
        """
        channels: dict[CredentialKind, Channel] = {}
        if not settings.is_production:
            outbox = Outbox(settings.data_dir / "outbox")
            channels = {CredentialKind.EMAIL: outbox, CredentialKind.MOBILE: outbox}
        if settings.smtp_host:
            from auth.channels.smtp import Smtp

            channels[CredentialKind.EMAIL] = Smtp(settings)
        if settings.sms_key_id:
            from auth.channels.aliyun import AliyunSms

            channels[CredentialKind.MOBILE] = AliyunSms(settings)
        return cls(channels)

    @property
    def are_local(self) -> bool:
        """Whether no message leaves this machine, so that sending takes no time."""
        return all(isinstance(channel, Outbox) for channel in self._channels.values())

    def of(self, kind: CredentialKind) -> Channel:
        """The channel to addresses of this kind, or ChannelUnavailable."""
        try:
            return self._channels[kind]
        except KeyError:
            raise ChannelUnavailable from None
