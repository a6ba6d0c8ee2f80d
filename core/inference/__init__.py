"""Normalised images become scores, one at a time or many, in the fastest way that says the same. Reads no files."""
