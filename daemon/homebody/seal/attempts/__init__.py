"""The ways out, one file for each kind of thing that is tried; a new one is a line in its file's PROBES."""
