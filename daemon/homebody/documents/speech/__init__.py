"""How does text come out of a recording? By a whisper.cpp that is here anyway, in a sealed process of its own."""
