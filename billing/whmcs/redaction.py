"""Redacts unknown messages of WHMCS, so that they may be stored, shown and logged.

Such a message may quote a request or a record: a customer's password or an API secret, in any encoding. Nobody can know
them all, so this is an allow-list: words that usually appear in the messages of programs stay, and everything else is
left out. Only an unquoted passphrase made of nothing but such words still gets through.
"""

import re

from billing.whmcs.entities import unescape

LEFT_OUT = "[\u2026]"
LONGEST = 200
# Only the beginning of a message is read.
_READ = 2000
_WORDS = """
a able about above access account accounts action actions active add added addon address admin administrator after
again all allocate allocated allow allowed already also an and another any api application argument array as ask at
attempt authenticate authenticated authentication authorised authorization authorized available awaiting bad base be
because been before being below between blocked body boolean both busy but by byte bytes cache call called calls can
cancelled cannot certificate change changed character characters charset check class client clientid clients closed
code column command complete completed configuration configure configured connect connection connections contact
contain contains content could count create created credential credentials cron curl currency current custom
customer data database date day days dead deadlock debug decode decoding decrypt default deleted denied deny
deprecated details did directory disabled disk division do does doesn't domain domainstatus don't down due duplicate
during each either email empty enable enabled encode encoding encrypt encryption end ended enough entry error errors
exceed exceeded exception execute execution exhausted exist existing exists expected expired extension fail failed
failure fatal field fields file files find finished firewall first following for forbidden format found from full
function gateway general get getclientsdetails getclientsproducts given gone got granted group handler has hasn't
have header headers hook hooks host hour hours id if in inactive incorrect index input install installation
installed integer internal into invalid invoice ip is isn't it item items its key language last later length
licence license licensed limit limitnum limitstart line list load local lock locked log login long lost lookup
maintenance malformed many matching maximum may memory message method minute minutes missing mode module more moved
must mysql name near need needed network new next no none not null number object of off offline offset on once one
online only open operation option options or order orders other out over page parameter parameters parse parsing
password path pending perform permission permissions permitted php pid please point port prepared preparing
previously problem process processing product products property protocol provide provided query queue quota rate
reach reached read reading ready reason received record records refused register rejected remote remove removed
reply request requested requests require required requires resource response restricted result results retry return
returned role row rows run running schema script search second seconds security see select send sent server service
serviceid services session set setting settings should size slow socket space specified sql stack start started
state statement status still stopped store string such suspended support supported supposed syntax system table
tables temporarily temporary terminated than that the then there they this time timed timeout timezone to token too
total trace transaction try trying type unable unauthorised unauthorized undefined under unexpected unknown unless
unsupported until up update updated upgrade upgrading usage use used user userid username users using valid
validation value values variable version view violation wait waiting warning was web went were what when where which
while whmcs will with within without word write writing wrong yes yet you your zero
"""
_HARMLESS = frozenset(_WORDS.split())
_SAFE = re.compile(r"[0-9]{1,3}|SQLSTATE\[[0-9A-Z]{5}\]", re.ASCII)
# Several words in quotation marks may well be what somebody typed.
_QUOTED = re.compile(r"""(?<!\w)(['"`])(?:(?!\1).)*\s(?:(?!\1).)*\1(?!\w)""")
_AROUND = " .,:;!?\"'`()[]<>\u2018\u2019\u201c\u201d"


def redact(message: str) -> str:
    """The message in one line of at most 200 characters: known words and short numbers, with `[…]` for the rest."""
    kept: list[str] = []
    for word in _QUOTED.sub(LEFT_OUT, unescape(message[:_READ])).split():
        shown = word if _is_harmless(word) else LEFT_OUT
        if kept[-1:] != [LEFT_OUT] or shown != LEFT_OUT:
            kept.append(shown)
    text = " ".join(kept)
    return text if len(text) <= LONGEST else text[:LONGEST].rsplit(" ", 1)[0]


def _is_harmless(word: str) -> bool:
    if not word.isprintable():
        return False
    core = word.strip(_AROUND)
    return bool(_SAFE.fullmatch(core) or _SAFE.fullmatch(word.strip(".,:;()"))) or all(
        part.casefold() in _HARMLESS for part in re.split("[-/]", core)
    )
