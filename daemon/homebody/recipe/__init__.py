"""What a recipe says: YAML in, checked values or mistakes with their place out."""
