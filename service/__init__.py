"""Sourcier: how far a reader could trace and check each sentence of a French news article."""

__version__ = "0.1.0"
