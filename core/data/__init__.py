"""Every source of labelled images, and how a set is divided. Knows no network and no run."""
