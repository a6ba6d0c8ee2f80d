"""What screens are put together from; each widget carries its own style."""
