"""How does the house speak with the model process, and what is in a model file?"""
