"""Labels that come in: read from four formats, checked whole, added to a corpus file or refused with every fault."""
