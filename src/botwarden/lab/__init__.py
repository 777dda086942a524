"""A house in network namespaces: devices, an internet, a bot emulator and a victim, recorded with labels.

No malware and no exploit code: the emulator sends what bots are known to send, to the lab's own addresses, bounded in
rate and number (`guard`), and refuses to run anywhere else.
"""
