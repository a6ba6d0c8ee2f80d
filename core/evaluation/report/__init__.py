"""One file that tells somebody who was not there how well a network reads a set, or how runs went."""
