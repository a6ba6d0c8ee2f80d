"""What is shown of data sets: the catalogue, one set, the fields of a training."""
