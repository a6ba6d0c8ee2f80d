"""Run directories: how they are written, followed, listed and stopped. Trains nothing and imports no torch."""
