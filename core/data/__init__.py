"""All sources of labelled images, and how a data set is divided. Knows no network and no run."""
