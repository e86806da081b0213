"""Does something carry the files of a folder away to other computers?"""
