"""What can be wrong here, and what is the cure?"""
