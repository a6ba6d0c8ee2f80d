"""Trains a network on a data set: configuration in, events out. Knows no screen and no command line."""
