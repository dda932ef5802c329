"""Rowstream's service: TikTok Shop orders, live in Google Sheets, each person seeing only their part."""
