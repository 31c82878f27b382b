#!/usr/bin/env python3
"""Reads the golden vectors of SMP a second time, written from spec/smp.md alone and sharing no code with the driver.

Its own CRC, framing, header and CBOR, standard library only. Prints what it checked; exits 1 at the first
vector it understands otherwise.
"""

import base64
import binascii
import json
import re
import sys
from pathlib import Path

MAX_DEPTH = 4
MAX_SAFE = 2**53 - 1
# A mark begins a line wherever it stands; the line goes to the newline or to the next mark.
FRAME_LINE = re.compile(rb"(\x06\x09|\x04\x14)((?:(?!\x06\x09|\x04\x14)[^\n])*)(\n?)")
OPERATIONS = ["read", "read-response", "write", "write-response"]


class Malformed(Exception):
    """Bytes that break the protocol; the first argument is the error code of the vectors."""


def crc16(data):
    register = 0
    for bit in (byte >> shift & 1 for byte in data + b"\0\0" for shift in range(7, -1, -1)):
        carry = register >> 15
        register = (register << 1 | bit) & 0xFFFF
        if carry:
            register ^= 0x1021
    return register


def packets_of(stream):
    """Every whole packet in a console stream."""
    found, pending = [], None
    for mark, text, end in FRAME_LINE.findall(stream):
        raw = raw_of(text.removesuffix(b"\r")) if end else None
        if raw is None:
            pending = None
            continue
        if mark == b"\x06\x09":
            length = int.from_bytes(raw[:2], "big")
            pending = (length, raw[2:]) if len(raw) >= 2 and length >= 10 else None
        elif pending is not None:
            pending = (pending[0], pending[1] + raw)
        if pending is not None and len(pending[1]) >= pending[0]:
            length, data = pending
            pending = None
            if len(data) == length and crc16(data[:-2]) == int.from_bytes(data[-2:], "big"):
                found.append(data[:-2])
    return found


def packets_of_transfers(usb_packets, max_packet_bytes):
    """Every whole packet in bulk transfers: each begins one, and ends at a short USB packet or where its packet is whole."""
    found, transfer = [], b""
    for usb_packet in usb_packets:
        transfer += usb_packet
        whole = length_of(transfer) == len(transfer)
        if whole:
            found.append(transfer)
        if whole or len(usb_packet) < max_packet_bytes:
            transfer = b""
    return found


def length_of(data):
    """Length of the packet that begins here, None where none does."""
    if len(data) < 8 or data[0] >> 5 or data[0] >> 3 & 3 > 1 or data[0] & 7 > 3 or data[1]:
        return None
    return 8 + int.from_bytes(data[2:4], "big")


def packets_of_stream(stream):
    """Every whole packet in a stream of bare packets; Malformed at the first header that is none."""
    found = []
    while len(stream) >= 8:
        length = length_of(stream)
        if length is None:
            raise Malformed("HEADER_RESERVED")
        if len(stream) >= length:
            found.append(stream[:length])
        stream = stream[length:]
    return found


def raw_of(text):
    if not text or len(text) > 124:
        return None
    try:
        raw = base64.b64decode(text, validate=True)
    except binascii.Error:
        return None
    return raw if base64.b64encode(raw) == text else None


def split_packet(packet):
    if len(packet) < 8:
        raise Malformed("HEADER_TRUNCATED")
    first, flags = packet[0], packet[1]
    if first >> 5 or first >> 3 & 3 > 1 or first & 7 > 3 or flags:
        raise Malformed("HEADER_RESERVED")
    if int.from_bytes(packet[2:4], "big") != len(packet) - 8:
        raise Malformed("HEADER_LENGTH")
    header = {
        "version": (first >> 3 & 3) + 1,
        "operation": OPERATIONS[first & 7],
        "group": int.from_bytes(packet[4:6], "big"),
        "sequence": packet[6],
        "command": packet[7],
    }
    return header, packet[8:]


class Cbor:
    """The part of RFC 8949 that bodies may use. Byte strings come out as {'hex': ...}, as the vectors write them."""

    BREAK = object()

    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, count):
        if count > len(self.data) - self.at:
            raise Malformed("BODY_CBOR", "cut")
        self.at += count
        return self.data[self.at - count : self.at]

    def whole(self):
        if not self.data:
            return {}
        value = self.item(0)
        if value is self.BREAK or self.at != len(self.data):
            raise Malformed("BODY_CBOR", "not one item")
        return value

    def argument(self, minor):
        if minor < 24:
            return minor
        if minor == 31:
            return None
        if minor > 27:
            raise Malformed("BODY_CBOR", "reserved length")
        size = 1 << (minor - 24)
        value = int.from_bytes(self.take(size), "big")
        shortest = 24 if size == 1 else 1 << (4 * size)
        if value < shortest:
            raise Malformed("BODY_CBOR", "longer than needed")
        return value

    def item(self, depth):
        first = self.take(1)[0]
        major, minor = first >> 5, first & 31
        if major == 7:
            simple = {20: False, 21: True, 22: None, 31: self.BREAK}
            if minor not in simple:
                raise Malformed("BODY_CBOR", "float, undefined or simple value")
            return simple[minor]
        argument = self.argument(minor)
        if major in (4, 5):
            return self.container(major, argument, depth + 1)
        if argument is None or major == 6:
            raise Malformed("BODY_CBOR", "indefinite string, or tag")
        if major in (2, 3):
            return self.string(major, argument)
        if argument > MAX_SAFE:
            raise Malformed("BODY_CBOR", "past 2^53")
        return argument if major == 0 else -1 - argument

    def string(self, major, length):
        data = self.take(length)
        if major == 2:
            return {"hex": data.hex()}
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError as error:
            raise Malformed("BODY_CBOR", "not UTF-8") from error

    def container(self, major, count, depth):
        if depth > MAX_DEPTH:
            raise Malformed("BODY_DEPTH")
        pairs, items = {}, []
        while count is None or len(items) + len(pairs) < count:
            key = self.item(depth)
            if key is self.BREAK:
                if count is not None:
                    raise Malformed("BODY_CBOR", "break")
                break
            if major == 4:
                items.append(key)
                continue
            value = self.item(depth)
            if not isinstance(key, str) or key in pairs or value is self.BREAK:
                raise Malformed("BODY_CBOR", "key")
            pairs[key] = value
        return items if major == 4 else pairs


def must_fail(code, read):
    try:
        read()
    except Malformed as error:
        assert error.args[0] == code, f"{error.args} where {code} is due"
    else:
        raise AssertionError(f"read without {code}")


def check_crc16(vector):
    assert crc16(vector["text"].encode()) == int(vector["crc"], 16)


def check_frames(vector):
    stream = b"".join(bytes.fromhex(line) for line in vector["lines"])
    assert all(len(line) <= 2 * 127 for line in vector["lines"])
    assert packets_of(stream) == [bytes.fromhex(vector["packet"])]


def check_streams(vector):
    assert len(packets_of(bytes.fromhex(vector["stream"]))) == vector["events"].count("packet")


def check_bulk(vector):
    usb_packets = [bytes.fromhex(one) for one in vector["usbPackets"]]
    assert all(len(one) <= vector["maxPacketBytes"] for one in usb_packets)
    found = packets_of_transfers(usb_packets, vector["maxPacketBytes"])
    assert len(found) == vector["events"].count("packet"), len(found)


def check_raw(vector):
    stream = bytes.fromhex(vector["stream"])
    if vector["packets"] is None:
        must_fail("HEADER_RESERVED", lambda: packets_of_stream(stream))
    else:
        assert len(packets_of_stream(stream)) == vector["packets"]


def check_packets(vector):
    header, data = split_packet(bytes.fromhex(vector["hex"]))
    assert header == vector["header"], header
    body = Cbor(data).whole()
    for key in vector.get("leftOut", []):
        del body[key]
    assert body == vector["body"], body


def check_errors(vector):
    _, data = split_packet(bytes.fromhex(vector["hex"]))
    body = Cbor(data).whole()
    # Words for people may stand beside a code; nothing hangs on them.
    body.pop("rsn", None)
    due = {"rc": vector["rc"]}
    assert body == (due if vector["group"] is None else {"err": {"group": vector["group"], **due}}), body


def check_invalid_packets(vector):
    packet = bytes.fromhex(vector["hex"])
    if vector["error"] == "MESSAGE_UNKNOWN":
        split_packet(packet)
    else:
        must_fail(vector["error"], lambda: split_packet(packet))


def check_invalid_bodies(vector):
    data = bytes.fromhex(vector["hex"])
    if vector["error"] == "BODY_SCHEMA":
        Cbor(data).whole()
    else:
        must_fail(vector["error"], lambda: Cbor(data).whole())


CHECKS = {
    "crc16": check_crc16,
    "frames": check_frames,
    "streams": check_streams,
    "bulk": check_bulk,
    "raw": check_raw,
    "packets": check_packets,
    "errors": check_errors,
    "invalid-packets": check_invalid_packets,
    "invalid-bodies": check_invalid_bodies,
}


def main():
    folder = Path(__file__).parent / "vectors" / "smp"
    names = {path.stem for path in folder.glob("*.json")}
    if names != set(CHECKS):
        sys.exit(f"no check for, or no vectors of: {sorted(names ^ set(CHECKS))}")
    for name, check in CHECKS.items():
        vectors = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
        for vector in vectors:
            try:
                check(vector)
            except Exception as error:
                sys.exit(f"{name}: {vector.get('why')}: {type(error).__name__} {error}")
        print(f"{name}: {len(vectors)} vectors agree")


if __name__ == "__main__":
    main()
