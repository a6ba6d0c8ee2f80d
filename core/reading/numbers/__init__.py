"""Finds several digits next to each other, to be read as one number; a single digit stays one. Imports no torch."""
