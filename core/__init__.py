"""What digits-tui knows: data, networks, training and reading. It knows nothing of screens."""

__version__ = "0.1.0"
