"""The slice of Drive v3 around spreadsheets: files and permissions."""
