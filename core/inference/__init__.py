"""Turns normalised images into scores, one or many at a time, in the fastest way that gives the same answers. Reads
no files."""
