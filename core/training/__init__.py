"""Configuration in, events out: a network learns from a data set. Knows no screen and no command line."""
