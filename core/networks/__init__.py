"""The CNNs and their weights in files. Knows no data set and no run."""
