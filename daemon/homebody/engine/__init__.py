"""What happens inside the model process?"""
