"""The journal: what was queued, done, skipped and failed, and how to take it back. Hides SQLite."""
