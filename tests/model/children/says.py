"""A child that writes the bytes it is told (hex) to its standard output and then waits for its parent to go."""

import sys

sys.stdout.buffer.write(bytes.fromhex(sys.argv[1]))
sys.stdout.buffer.flush()
sys.stdin.buffer.read()
