"""The drawings that a person keeps: their files, journal and exchange. Other packages use `core.data.own_sets`."""
