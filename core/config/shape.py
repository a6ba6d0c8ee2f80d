"""The shape of what every network here reads and answers."""

SIDE = 28
"""Rows and columns of a bitmap."""
BOX = 20
"""The longer side of a digit within it, as in MNIST."""
CLASSES = 10
"""Digits."""
