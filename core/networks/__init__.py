"""The CNNs and the files of their weights. Knows no data set and no run."""
