"""What screens are put together from, grouped by where it is shown; each widget carries its own style."""
