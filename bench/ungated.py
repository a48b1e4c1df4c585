"""The web application as it would be if passwords took no turns: what `bench.signins` compares with."""

from companies.authentication import hashing_turns
from companies.authentication.turns import Turns
from ticketz.wsgi import application as application

hashing_turns.TURNS = Turns(at_once=1000, most_waiting=0, timeout=0)
