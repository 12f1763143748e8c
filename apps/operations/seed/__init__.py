"""The demonstration: a believable company with people, a catalogue and ninety days of documents."""
