"""The socket of a visit."""

from .visit import VisitConsumer

__all__ = ["VisitConsumer"]
