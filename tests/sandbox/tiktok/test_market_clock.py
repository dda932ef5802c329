import pytest

from service.sandbox.clock import MarketClock


def test_advance_moves_only_the_market(tmp_path):
    clock = MarketClock(tmp_path, wall=lambda: 1_000.0)
    assert clock.timestamp() == 1_000
    assert clock.advance(3_600).timestamp() == 4_600
    assert (clock.timestamp(), clock.offset_s) == (4_600, 3_600)


def test_another_process_reads_the_same_time_from_the_file(tmp_path):
    """The reader opened the file before the advance and must notice its replacement; directory or file name both do."""
    writer = MarketClock(tmp_path, wall=lambda: 1_000.0)
    reader = MarketClock(tmp_path / "market_offset", wall=lambda: 1_000.0)
    assert reader.timestamp() == 1_000
    writer.advance(60)
    assert reader.timestamp() == 1_060
    writer.advance(60)
    assert reader.timestamp() == 1_120


def test_memory_clock_is_aware_and_never_goes_back():
    clock = MarketClock(None, wall=lambda: 1_000.0)
    assert clock.advance(5).utcoffset().total_seconds() == 0
    with pytest.raises(ValueError, match="backwards"):
        clock.advance(-1)
