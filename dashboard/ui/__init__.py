"""Streamlit that pages share."""
