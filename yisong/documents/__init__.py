"""The documents room (文书室): knows paper, not cases. Importing it loads neither WeasyPrint nor python-docx."""
