"""Unsupervised domain adaptation: did adapting help, and how sure are we?"""

__version__ = "0.1.0"
