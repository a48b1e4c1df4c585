"""What can't be cheaper: fetching the pages as everybody does, and hashing the passwords."""

import json
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import requests

from bench.world import PRODUCT
from companies.authentication.hashers import encode_readings

PAGE = 250


def read_everything(base_url: str) -> int:
    """Fetch all pages with requests and decode each with `json.loads`; do nothing else. Returns how many services."""
    count, total = 0, 1
    with requests.Session() as session:
        while count < total:
            form = {
                "action": "GetClientsProducts", "identifier": "i", "secret": "s", "responsetype": "json",
                "limitstart": count, "limitnum": PAGE, "pid": PRODUCT,
            }  # fmt: skip
            answer = session.post(f"{base_url}/includes/api.php", data=form, timeout=30)
            page = json.loads(answer.content)
            total = int(page["totalresults"])
            count += len(page["products"]["product"])
    return count


def hash_everything(passwords: Sequence[str]) -> None:
    """Hash each password as the product does, on all cores; do nothing else."""
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        list(threads.map(lambda password: encode_readings([password]), passwords))
