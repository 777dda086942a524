"""Models at work: scaling, ONNX Runtime, thresholds, and words for what they find. No training."""
