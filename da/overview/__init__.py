"""What there is of methods, as their classes, docstrings and files have it."""
