"""What `./run` is made of: standard library only, because it works before anything is installed."""
