"""Training and evaluation; needs the extra ``train``, and nothing that runs imports it."""
