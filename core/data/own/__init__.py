"""The drawings that a person keeps: their files, journal and exchange. Is reached through `core.data.own_sets`."""
