"""Moving in from organize: its rules become recipes, and what cannot be carried over is named.

organize (https://github.com/tfeldmann/organize) looks through folders when it is called; the words of its version 3 are
meant here. Where a rule would do more without what is missing, its recipe is switched off until somebody has looked.
"""
