"""How a subscription ends that its subscriber did not end."""

from typing import ClassVar

from floorgraph.model.errors import FloorgraphError


class SourceRemoved(FloorgraphError):
    """The only source that a subscription follows is no longer configured."""

    code: ClassVar[str] = "SOURCE_REMOVED"
    retryable: ClassVar[bool] = False


class SubscriptionEnded(FloorgraphError):
    """The server stops delivering; subscribing again with the last cursor goes on where it can.

    Raised by the stream itself, as its last act.
    """

    code: ClassVar[str] = "SUBSCRIPTION_ENDED"
    retryable: ClassVar[bool] = True
