"""Turns any bitmap into a 28×28 image made as MNIST's were. Knows no data set and no network."""
