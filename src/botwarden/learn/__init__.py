"""Tables to models: data sets, splits, training, evaluation, explanation, plots. The one room that imports torch.

Everything here needs the extra ``train``; what a gateway needs to use a model is in `botwarden.detect.models`.
"""
