"""Widgets that show which images a network reads wrong, and how far its confidence can be trusted."""
