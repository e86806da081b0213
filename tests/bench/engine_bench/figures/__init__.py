"""The figures: each room measures some of them, and says what it saw on the way."""
