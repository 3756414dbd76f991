"""The outbox's hands: sends what is owed, when it may be sent, as fast as it may be sent, and notes how that ended."""

from bot.delivery.claim import Look, Terms
from bot.delivery.delivery import Delivery

__all__ = ["Delivery", "Look", "Terms"]
