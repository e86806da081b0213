"""A child that waits to be asked, writes the bytes it is told (hex), and then waits for its parent to go."""

import sys

sys.stdin.buffer.read(1)
sys.stdout.buffer.write(bytes.fromhex(sys.argv[1]))
sys.stdout.buffer.flush()
sys.stdin.buffer.read()
