"""The check-up of a folder: finds what is wrong with its images before a network learns from them."""
