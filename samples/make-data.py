#!/usr/bin/env python3
"""Makes the inputs of the samples that are not texts: always the same ones, whatever the machine.

Usage: samples/make-data.py [DIRECTORY [FACTOR]]
Default: samples, beside this script, once. FACTOR 100 makes a hundred times as many records of the
same kind, and cuts the documents from DIRECTORY/texts/opticks.txt if there is one.
"""

import random
import sys
from datetime import datetime, timedelta
from pathlib import Path

SAMPLES = Path(__file__).resolve().parent
START = datetime(2026, 3, 2)
DAYS = 3

# Lines of opticks.txt, first and last.
DOCUMENTS = {
    "axioms": (228, 327),
    "bubbles": (4723, 4940),
    "definitions": (137, 223),
    "queries": (7684, 7860),
    "shadows": (7189, 7369),
}
FIRST_NAMES = "Ada Björn Chloé Dmitri Emmy Farid Grace Hedy Ibn José Lise Łukasz Mary Noor Zoë".split()
LAST_NAMES = "Andersen Bär Curie Ćosić Díaz Euler Fischer Hopper Noether Osei Sørensen Wu".split()
CITIES = "Århus Cluj Gdańsk Lyon Málaga Oslo Porto Turku Zürich".split()
PAGES = "/ /search /product /product /cart /checkout /help /about".split()


class Dice(random.Random):
    """Only `random()` promises the same numbers in every version of Python."""

    def below(self, limit):
        return int(self.random() * limit)

    def pick(self, choices):
        return choices[self.below(len(choices))]


def write(path, lines):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes("".join(line + "\n" for line in lines).encode())


def documents(text):
    """Some passages, each a file of its own."""
    lines = text.read_text(encoding="utf-8").split("\n")
    return {name: lines[first - 1 : last] for name, (first, last) in DOCUMENTS.items()}


def customers_and_orders(dice, factor):
    """Customers without orders, and orders of nobody: a join must decide about both."""
    total = 150 * factor
    customers = [
        f"C{number:06},{dice.pick(FIRST_NAMES)} {dice.pick(LAST_NAMES)},{dice.pick(CITIES)}"
        for number in range(1, total + 1)
    ]
    orders = []
    for number in range(1, 700 * factor + 1):
        # A product of chances: low numbers order more often.
        customer = 1 + int(dice.random() * dice.random() * total)
        if dice.random() < 0.02:
            customer += total  # There is no such customer.
        day = START + timedelta(days=dice.below(90))
        amount = 100 + dice.below(30_000)
        price = f"{amount // 100}.{amount % 100:02}"
        orders.append(f"O{number:07},C{customer:06},{day:%Y-%m-%d},{price}")
    return shuffled(dice, customers), orders


def access_log(dice, factor):
    """Common Log Format, in order of time; errors come in waves, and some lines are damaged."""
    total = 450 * factor
    for number in range(total):
        time = START + timedelta(seconds=int(number * DAYS * 86_400 / total))
        page = dice.pick(PAGES)
        if page == "/product":
            page += f"/{int(dice.random() * dice.random() * 40 * factor)}"
        if page == "/search":
            page += f"?q={dice.pick(CITIES[3:6:2])}"
        error = dice.random() < (0.6 if time.hour in (9, 14) else 0.02)
        status = dice.pick((500, 502, 503)) if error else dice.pick((200, 200, 200, 304, 404))
        line = (
            f"192.0.2.{1 + dice.below(200)} - - [{time:%d/Mar/%Y:%H:%M:%S} +0000] "
            f'"GET {page} HTTP/1.1" {status} {dice.below(20_000)}'
        )
        yield line[: dice.below(30)] if dice.random() < 0.01 else line


def clicks(dice, factor):
    """user,time,page in no order, from visits with a few clicks each; some around midnight."""
    lines = []
    for _ in range(220 * factor):
        user = f"u{dice.below(60 * factor):06}"
        time = START + timedelta(seconds=dice.below(DAYS * 86_400))
        for _ in range(1 + dice.below(8)):
            lines.append(f"{user},{time:%Y-%m-%dT%H:%M:%S},{dice.pick(PAGES)}")
            # Half an hour is the limit, so silences of just that and a second more are among them.
            time += timedelta(seconds=dice.pick((0, 1 + dice.below(600), 1800, 1801)))
    return shuffled(dice, lines)


def shuffled(dice, lines):
    return [line for _, line in sorted((dice.random(), line) for line in lines)]


def main(to=SAMPLES, factor="1"):
    to, factor = Path(to), int(factor)
    text = to / "texts/opticks.txt"
    for name, lines in documents(text if text.exists() else SAMPLES / "texts/opticks.txt").items():
        write(to / f"inverted-index/documents/{name}.txt", lines)
    customers, orders = customers_and_orders(Dice(1), factor)
    write(to / "join/customers.csv", customers)
    write(to / "join/orders.csv", orders)
    write(to / "log-analysis/access.log", access_log(Dice(2), factor))
    write(to / "sessions/clicks.csv", clicks(Dice(3), factor))


main(*sys.argv[1:])
