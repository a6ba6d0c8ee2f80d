"""Scripts that generate files of the repository: the pictures and the shipped model."""
