"""How the starter model was made, from nothing: words, documents, tokenizer, training, export. Not shipped."""
