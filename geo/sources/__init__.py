"""The files of a city's folder, read with care: whoever wrote them may have made mistakes, or meant harm."""
