"""Everything but the interface: data, networks, training and reading. Knows no screens."""

__version__ = "0.1.0"
