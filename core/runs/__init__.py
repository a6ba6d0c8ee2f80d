"""The run directory: written, followed, listed and stopped. Trains nothing and imports no torch."""
