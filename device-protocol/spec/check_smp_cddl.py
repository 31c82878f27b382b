#!/usr/bin/env python3
"""Holds the vectors of the recorder group to smp-recorder.cddl, sharing no code with the driver.

Reads the part of CDDL (RFC 8610) that the file uses: maps, lists with occurrence, choices, ranges, `.size`, texts and
names of rules. Every valid vector must fit its rule. Every key that may not be left out, every limit and every type is
then broken in turn, and must not fit any more. Prints what it checked; exits 1 at the first fault.
"""

import json
import re
import sys
from pathlib import Path

from read_smp_vectors import Cbor, split_packet

TOKEN = re.compile(r'\s*(?:;[^\n]*)?(\.\.|\.size|=>|"[^"]*"|-?\d+|[A-Za-z_][\w-]*|[={}\[\]():,?*/])', re.S)
GROUP = 64


class Grammar:
    """Rules by name. A type is a function from a value to whether it fits."""

    def __init__(self, text):
        self.tokens = self.read_tokens(text)
        self.at = 0
        self.rules, self.members = {}, {}
        while self.at < len(self.tokens):
            name = self.take()
            self.expect("=")
            self.naming = name
            assert name not in self.rules, f"rule {name} stands twice"
            self.rules[name] = self.choice()

    @staticmethod
    def read_tokens(text):
        text = re.sub(r";[^\n]*", "", text).rstrip()
        tokens, at = [], 0
        while at < len(text):
            match = TOKEN.match(text, at)
            assert match, f"not understood: {text[at:at + 40]!r}"
            tokens.append(match[1])
            at = match.end()
        return tokens

    def peek(self):
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def take(self):
        self.at += 1
        return self.tokens[self.at - 1]

    def expect(self, token):
        taken = self.take()
        assert taken == token, f"{taken!r} where {token!r} is due, in {self.naming}"

    def choice(self):
        ways = [self.type()]
        while self.peek() == "/":
            self.take()
            ways.append(self.type())
        return lambda value: any(way(value) for way in ways)

    def type(self):
        token = self.take()
        if token == "{":
            return self.map()
        if token == "[":
            return self.list()
        if token[0] == '"':
            return lambda value: value == token[1:-1]
        if re.fullmatch(r"-?\d+", token):
            return self.number(int(token))
        return self.controlled(self.named(token))

    def number(self, low):
        if self.peek() != "..":
            return lambda value: is_int(value) and value == low
        self.take()
        high = int(self.take())
        return lambda value: is_int(value) and low <= value <= high

    def named(self, name):
        built_in = {
            "bool": lambda value: isinstance(value, bool),
            "int": is_int,
            "uint": lambda value: is_int(value) and value >= 0,
            "tstr": lambda value: isinstance(value, str),
            "bstr": is_bytes,
        }
        # A name may be used before its rule stands.
        return built_in.get(name) or (lambda value: self.rules[name](value))

    def controlled(self, fits):
        if self.peek() != ".size":
            return fits
        self.take()
        in_brackets = self.peek() == "("
        if in_brackets:
            self.take()
        size = self.number(int(self.take()))
        if in_brackets:
            self.expect(")")
        return lambda value: fits(value) and size(size_of(value))

    def map(self):
        members = {}
        while self.peek() != "}":
            is_optional = self.peek() == "?"
            if is_optional:
                self.take()
            key = self.take()
            self.expect(":")
            members[key] = (is_optional, self.choice())
            if self.peek() == ",":
                self.take()
        self.expect("}")
        self.members.setdefault(self.naming, members)

        def fits(value):
            return (
                isinstance(value, dict)
                and not is_bytes(value)
                and all(key in members and members[key][1](inner) for key, inner in value.items())
                and all(is_optional or key in value for key, (is_optional, _) in members.items())
            )

        return fits

    def list(self):
        low = int(self.take())
        self.expect("*")
        high = int(self.take())
        item = self.choice()
        self.expect("]")
        return lambda value: isinstance(value, list) and low <= len(value) <= high and all(map(item, value))


def is_int(value):
    return isinstance(value, int) and not isinstance(value, bool)


def is_bytes(value):
    """The reader of the vectors gives byte strings as {'hex': ...}."""
    return isinstance(value, dict) and list(value) == ["hex"]


def size_of(value):
    return len(value["hex"]) // 2 if is_bytes(value) else len(value.encode("utf-8"))


def broken(grammar, rule, body):
    """The body again and again, each time with one thing wrong."""
    members = grammar.members[rule]
    yield "no map", []
    yield "a key too many", {**body, "x": 1}
    for key, value in body.items():
        if not members[key][0]:
            yield f"no {key}", {other: inner for other, inner in body.items() if other != key}
        yield f"{key} of another type", {**body, key: None}
        if isinstance(value, bool):
            yield f"{key} as a number", {**body, key: 1}
        elif isinstance(value, str) or is_bytes(value):
            long = {"hex": "00" * 5000} if is_bytes(value) else "x" * 5000
            yield f"{key} too long", {**body, key: long}
        elif is_int(value):
            yield f"{key} past its limit", {**body, key: 2**53}
            yield f"{key} below 0", {**body, key: -1}
        elif isinstance(value, list) and value:
            yield f"{key} with a bad item", {**body, key: [*value, {}]}
            yield f"{key} too many", {**body, key: value[:1] * 1025}


def main():
    folder = Path(__file__).parent
    grammar = Grammar((folder / "smp-recorder.cddl").read_text(encoding="utf-8"))
    vectors = json.loads((folder / "vectors" / "smp" / "packets.json").read_text(encoding="utf-8"))
    fitting, wrong, used = 0, 0, set()
    for vector in vectors:
        if vector["header"]["group"] != GROUP:
            continue
        rule = f"{vector['message']}-{vector['direction']}"
        body = Cbor(split_packet(bytes.fromhex(vector["hex"]))[1]).whole()
        for key in vector.get("leftOut", []):
            del body[key]
        if not grammar.rules[rule](body):
            sys.exit(f"{rule}: {vector['why']}: does not fit")
        fitting += 1
        used.add(rule)
        for what, changed in broken(grammar, rule, body):
            if grammar.rules[rule](changed):
                sys.exit(f"{rule}: fits although it has {what}")
            wrong += 1
    for vector in json.loads((folder / "vectors" / "smp" / "errors.json").read_text(encoding="utf-8")):
        body = Cbor(split_packet(bytes.fromhex(vector["hex"]))[1]).whole()
        if not grammar.rules["error-response"](body):
            sys.exit(f"error-response: {vector['why']}: does not fit")
        fitting += 1
    unused = set(grammar.rules) - used - {"error-response", "smp-refusal", "group-refusal", "group-error"}
    if unused:
        sys.exit(f"no vector for {sorted(unused)}")
    print(f"{len(grammar.rules)} rules: {fitting} bodies fit, {wrong} broken ones do not")


if __name__ == "__main__":
    main()
