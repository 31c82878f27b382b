#!/usr/bin/env python3
"""Reads the golden vectors of MTP a second time, written from the standard and spec/mtp.md, sharing no code with the driver.

Standard library only. Prints what it checked; exits 1 at the first vector it understands otherwise.
"""

import datetime
import json
import re
import struct
import sys
from pathlib import Path

TYPES = {1: "command", 2: "data", 3: "response", 4: "event"}
MAX_ITEMS = 100_000
WIDTHS = {1: 1, 2: 1, 3: 2, 4: 2, 5: 4, 6: 4, 7: 8, 8: 8, 9: 16, 10: 16}


class Malformed(Exception):
    """Bytes that break the protocol; the first argument is the error code of the vectors."""


class Reader:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, count):
        if count > len(self.data) - self.at:
            raise Malformed("DATASET_TRUNCATED")
        self.at += count
        return self.data[self.at - count : self.at]

    def number(self, width, signed=False):
        return int.from_bytes(self.take(width), "little", signed=signed)

    def count(self, least, most=MAX_ITEMS):
        count = self.number(4)
        if count > most:
            raise Malformed("ARRAY_TOO_LONG")
        if count * least > len(self.data) - self.at:
            raise Malformed("DATASET_TRUNCATED")
        return count

    def string(self):
        text = self.take(self.number(1) * 2).decode("utf-16-le", "surrogatepass")
        return text.split("\0")[0]

    def array(self, width):
        return [self.number(width) for _ in range(self.count(width))]

    def data_type(self):
        code = self.number(2)
        if code != 0xFFFF and code & ~0x4000 not in WIDTHS:
            raise Malformed("TYPE_UNKNOWN")
        return code

    def value(self, code):
        if code == 0xFFFF:
            return self.string()
        width = WIDTHS.get(code & ~0x4000)
        if width is None:
            raise Malformed("TYPE_UNKNOWN")
        signed = code & 1 == 1

        def one():
            number = self.number(width, signed)
            return f"n{number}" if width >= 8 else number

        if not code & 0x4000:
            return one()
        return [one() for _ in range(self.count(width))]

    def form(self, code):
        flag = self.number(1)
        if flag == 0:
            return {"kind": "none"}
        if flag == 1:
            return {"kind": "range", "minimum": self.value(code), "maximum": self.value(code), "step": self.value(code)}
        if flag == 2:
            return {"kind": "enumeration", "values": [self.value(code) for _ in range(self.number(2))]}
        return {"kind": "other", "flag": flag}

    def rows(self):
        rows = []
        for _ in range(self.count(9, MAX_ITEMS * 6)):
            row = {"handle": self.number(4), "property": self.number(2), "dataType": self.number(2)}
            rows.append({**row, "value": self.value(row["dataType"])})
        return rows


def plain(layout):
    """A reader of fields one after the other: 1, 2 and 4 are numbers, 8 a large one, s a string, a2 and a4 arrays."""

    def read(reader):
        body = {}
        for name, kind in (pair.split(":") for pair in layout.split()):
            if kind == "s":
                body[name] = reader.string()
            elif kind[0] == "a":
                body[name] = reader.array(int(kind[1]))
            elif kind == "8":
                body[name] = f"n{reader.number(8)}"
            else:
                body[name] = reader.number(int(kind))
        return body

    return read


def device_property(reader):
    code, kind, access = reader.number(2), reader.data_type(), reader.number(1)
    body = {"property": code, "dataType": kind, "access": access}
    return {**body, "factoryDefault": reader.value(kind), "current": reader.value(kind), "form": reader.form(kind)}


def object_property(reader):
    code, kind, access = reader.number(2), reader.data_type(), reader.number(1)
    body = {"property": code, "dataType": kind, "access": access, "factoryDefault": reader.value(kind)}
    return {**body, "groupCode": reader.number(4), "form": reader.form(kind)}


DATASETS = {
    "DeviceInfo": plain(
        "standardVersion:2 vendorExtensionId:4 vendorExtensionVersion:2 vendorExtensionDescription:s functionalMode:2 "
        "operations:a2 events:a2 deviceProperties:a2 captureFormats:a2 objectFormats:a2 "
        "manufacturer:s model:s deviceVersion:s serialNumber:s"
    ),
    "StorageIDs": plain("ids:a4"),
    "StorageInfo": plain(
        "storageType:2 filesystemType:2 accessCapability:2 maxCapacityBytes:8 freeSpaceBytes:8 freeSpaceImages:4 "
        "description:s volumeIdentifier:s"
    ),
    "ObjectHandles": plain("handles:a4"),
    "ObjectInfo": plain(
        "storageId:4 format:2 protection:2 sizeBytes:4 thumbFormat:2 thumbSizeBytes:4 thumbWidth:4 thumbHeight:4 "
        "imageWidth:4 imageHeight:4 imageBitDepth:4 parent:4 associationType:2 associationDescription:4 "
        "sequenceNumber:4 fileName:s captureDate:s modificationDate:s keywords:s"
    ),
    "DevicePropDesc": device_property,
    "ObjectPropDesc": object_property,
    "ObjectPropCodes": plain("properties:a2"),
    "ObjectPropList": lambda reader: {"rows": reader.rows()},
    "DeviceStatus": plain("lengthBytes:2 code:2"),
    "CancelRequest": plain("code:2 transaction:4"),
}


def header_of(data):
    if len(data) < 12:
        raise Malformed("CONTAINER_TRUNCATED")
    length, kind, code, transaction = struct.unpack("<IHHI", data[:12])
    if kind not in TYPES:
        raise Malformed("CONTAINER_TYPE")
    if length < 12 or (kind != 2 and (length > 32 or length % 4)):
        raise Malformed("CONTAINER_LENGTH")
    return length, TYPES[kind], code, transaction


def container_of(data):
    length, kind, code, transaction = header_of(data)
    if kind == "data":
        raise Malformed("CONTAINER_TYPE")
    if len(data) < length:
        raise Malformed("CONTAINER_TRUNCATED")
    parameters = [value for (value,) in struct.iter_unpack("<I", data[12:length])]
    return {"type": kind, "code": code, "transaction": transaction, "parameters": parameters}


def answer_of(transfers, code, transaction):
    """Payload and response of an answer to `code`, from transfers that each ended short."""
    transfers = list(transfers)
    payload, has_data = b"", False
    while True:
        first = transfers.pop(0)
        if not first:
            continue
        length, kind, own, number = header_of(first)
        if kind == "response":
            if number == transaction:
                return payload, container_of(first)
        elif kind == "data":
            data, early = first[12:], None
            while length != 0xFFFFFFFF and len(data) < length - 12 and early is None:
                following = transfers.pop(0)
                early = response_in(following, transaction, length - 12 - len(data))
                data += b"" if early else following
            if number != transaction:
                continue
            if own != code:
                raise Malformed("CONTAINER_CODE")
            if has_data:
                raise Malformed("CONTAINER_TYPE")
            payload, has_data = data, True
            if early is not None:
                return payload, early
        else:
            raise Malformed("CONTAINER_TYPE")


def response_in(data, transaction, due):
    try:
        found = container_of(data)
    except Malformed:
        return None
    is_ours = found["type"] == "response" and found["transaction"] == transaction
    return found if is_ours and len(data) != due and len(data) == 12 + 4 * len(found["parameters"]) else None


DATE_TIME = re.compile(r"(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(?:\.(\d{1,3}))?(Z|[+-]\d\d:?\d\d)?", re.ASCII)


def date_time_of(text):
    match = DATE_TIME.fullmatch(text)
    if match is None:
        return None
    *numbers, fraction, zone = match.groups()
    try:
        moment = datetime.datetime(*map(int, numbers))
    except ValueError:
        return None
    digits = (fraction or "").rstrip("0")
    milliseconds = int((fraction or "0").ljust(3, "0"))
    offset = None if zone is None else 0
    if zone not in (None, "Z"):
        hours, minutes = int(zone[1:3]), int(zone[-2:])
        if hours > 18 or minutes > 59:
            return None
        offset = (-1 if zone[0] == "-" else 1) * (hours * 60 + minutes)
    wall = moment.strftime("%Y-%m-%dT%H:%M:%S") + f".{milliseconds:03}Z"
    return {"wall": wall, "zoneOffsetMinutes": offset, "resolutionMs": 10 ** (3 - len(digits))}


def outcome(work):
    try:
        return work()
    except Malformed as malformed:
        return {"error": malformed.args[0]}


def main():
    folder = Path(__file__).parent / "vectors" / "mtp"

    def bytes_of(parts):
        return bytes.fromhex("".join(parts))

    def answer(vector):
        payload, response = answer_of(map(bytes_of, vector["transfers"]), 0x1008, 5)
        return {"payload": payload.hex(), "response": {key: response[key] for key in ("code", "parameters")}}

    def dataset(vector):
        return DATASETS[vector["dataset"]](Reader(bytes_of(vector["parts"])))

    checks = {
        "containers": (lambda v: container_of(bytes_of(v["parts"])), lambda v: v["container"]),
        "invalid-containers": (lambda v: container_of(bytes_of(v["parts"])), lambda v: {"error": v["error"]}),
        "datasets": (dataset, lambda v: v["body"]),
        "invalid-datasets": (dataset, lambda v: {"error": v["error"]}),
        "answers": (answer, lambda v: {key: v[key] for key in ("payload", "response", "error") if key in v}),
        "date-times": (
            lambda v: date_time_of(v["text"]),
            lambda v: v["wall"] and {key: v[key] for key in ("wall", "zoneOffsetMinutes", "resolutionMs")},
        ),
    }
    for name, (read, wanted) in checks.items():
        vectors = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
        for vector in vectors:
            found = outcome(lambda: read(vector))
            if found != wanted(vector):
                print(f"{name}: {vector['why']}: read {found}, wanted {wanted(vector)}")
                return 1
        print(f"{name}: {len(vectors)} vectors agree")
    return 0


if __name__ == "__main__":
    sys.exit(main())
