"""Device simulators: they build their bytes themselves, so that they and the codecs cannot share a misunderstanding."""
