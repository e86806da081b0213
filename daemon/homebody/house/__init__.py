"""One run from claim to finish: what is asked, planned, applied and taken back."""
