"""Widgets that show what a network makes of an image, and why it reads it so."""
