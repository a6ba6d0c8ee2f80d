"""Why a network answers as it does: what its layers make of an image, and what speaks for which digit."""
