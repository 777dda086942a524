"""The published study on N-BaIoT, repeated: what is trained, what is measured, and a report on it."""
