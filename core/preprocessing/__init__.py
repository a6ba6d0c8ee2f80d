"""Any bitmap becomes the 28×28 that MNIST's makers would have made of it. Knows no data set and no network."""
