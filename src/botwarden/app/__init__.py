"""Composition: the pipelines that join sources, features, detection and reports."""

from botwarden.app.caching import provide_cache

provide_cache()  # before any module of ours that holds kernels is loaded
