"""Helpers for the course on sequence-to-sequence models and attention.

Each module does one thing, and they depend on one another in one direction only:
vocab → corpus → batching → attention → models → checkpoints → decoding → evaluation → training → recipes.
Importing this package imports none of them, so that it costs nothing.
"""

__version__ = "0.1.0"
