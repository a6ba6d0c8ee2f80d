"""What makes the files that are in the repository but were not written: the pictures and the shipped model."""
