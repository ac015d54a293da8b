"""Replay a county's histories over simulated time (县历史重演): people's acts are taken from the file, everything else happens by itself."""
