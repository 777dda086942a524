"""What holds for all tests."""

import signal

# Whoever runs the tests in the background of a shell has them ignore Ctrl-C, and with them every program that they
# start; some of these are stopped by it on purpose.
signal.signal(signal.SIGINT, signal.default_int_handler)
