"""The program of the product's own process in the local world.

The only file of the sandbox that builds the product: its normal composition root, settings from the environment. Only
addresses and the market's clock differ from production.
"""

import os
import sys
from pathlib import Path
from typing import Any

from service.app import create_app
from service.sandbox.child import serve
from service.sandbox.clock import MarketClock
from service.settings import read


def build_product(data_dir: Path) -> Any:
    """The product's own application on the market's clock."""
    return create_app(read(os.environ), clock=MarketClock(data_dir))


if __name__ == "__main__":
    serve(build_product, sys.argv[1:])
