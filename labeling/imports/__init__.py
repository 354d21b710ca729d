"""Foreign labelled sets: read through a mapping, kept below the home folder, frozen into snapshots."""
