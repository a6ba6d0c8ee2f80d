"""How well a network reads, on which images, and whether a difference is significant. Trains nothing."""
