"""Synthetic images of what MNIST lacks, some made from MNIST's: digits by other pens, and non-digits."""
