"""Composition: the pipelines that join sources, features, detection and reports."""
