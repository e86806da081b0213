"""How does text come out of a picture? By a Tesseract that is here anyway, in a sealed process of its own."""
