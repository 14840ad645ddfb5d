"""What stands in front of Streamlit: the gate, the sign-in pages, our own files. Starlette only."""
