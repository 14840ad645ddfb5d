"""Matching volunteers to needs: who may, who best, and the best plan for all. See docs/matching.md."""
