"""What wakes recipes: files that settle and times that come. Hides the file system's events and the scheduler."""
