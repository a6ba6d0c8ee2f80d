"""Images that MNIST lacks, made from nothing and from MNIST: digits by other pens, and things that are no digits."""
