"""The daemon's life: how it is built, how it starts and ends, how it is asked."""
