"""The parts that screens are built from, grouped by where they are shown; each widget carries its own style."""
