"""How a file becomes text: taken whole and unchanged, read in a sealed process, fitted to the model's context."""
