"""What can go wrong with the user's files and our models, each as one sentence for the user.

Any other exception that leaves this package is a bug.
"""

from __future__ import annotations


class ClassifierError(Exception):
    """A fault of the world, not of the program; its text is one sentence for the user."""


class AudioError(ClassifierError):
    """A file that cannot be read as sound."""


class ModelError(ClassifierError):
    """A model that is missing, or whose card and weights do not fit each other."""
