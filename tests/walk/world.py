"""The world of a walk: a shop with customers, the wire, an operator, people who work.

Each verb takes numbers and words only, so that a walk can be made up by Hypothesis, by dice or by hand. Numbers count
around whatever there is at the moment, so every verb is possible at any time; where there is nothing, nothing happens.
"""

from tests.walk.people import People
from tests.walk.shoppers import Shoppers
from tests.walk.weather import Weather


class World(Shoppers, Weather, People):
    """Everything that can happen, but for runs."""
