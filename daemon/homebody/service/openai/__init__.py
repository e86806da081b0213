"""The loaded model for every local script, in the words of OpenAI's API, over the control socket and nothing else."""
