#!/usr/bin/env python3
"""Reads the golden vectors of SCSI a second time, written from spec/scsi.md alone and sharing no code with the driver.

Standard library only. Prints what it checked; exits 1 at the first vector it understands otherwise.
"""

import datetime
import json
import re
import struct
import sys
from pathlib import Path


class Malformed(Exception):
    """Bytes that break the protocol; the first argument is the error code of the vectors."""


def read_command_wrapper(data):
    if len(data) != 31:
        raise Malformed("CBW_LENGTH")
    signature, tag, transfer, flags, lun, length, command = struct.unpack("<4sIIBBB16s", data)
    if signature != b"USBC":
        raise Malformed("CBW_SIGNATURE")
    if flags & 0x7F or lun & 0xF0 or not 1 <= length <= 16:
        raise Malformed("CBW_RESERVED")
    return {
        "tag": tag,
        "transferBytes": transfer,
        "isIn": flags == 0x80,
        "lun": lun,
        "command": command[:length].hex(),
    }


def read_status_wrapper(data, tag, transfer):
    if len(data) != 13:
        raise Malformed("CSW_LENGTH")
    signature, found, residue, status = struct.unpack("<4sIIB", data)
    if signature != b"USBS":
        raise Malformed("CSW_SIGNATURE")
    if found != tag:
        raise Malformed("CSW_TAG")
    if status > 2:
        raise Malformed("CSW_STATUS")
    if status < 2 and residue > transfer:
        raise Malformed("CSW_RESIDUE")
    return {"tag": found, "residueBytes": residue, "status": ["passed", "failed", "phase-error"][status]}


def read_inquiry(data):
    if len(data) < 36:
        raise Malformed("DATA_LENGTH")
    vendor, product, revision = (part.decode("ascii").strip(" \0") for part in (data[8:16], data[16:32], data[32:36]))
    return {"deviceType": data[0] & 0x1F, "vendor": vendor, "product": product, "revision": revision}


def profile_of(inquiry):
    words = " ".join(f"{inquiry['vendor']} {inquiry['product']} {inquiry['revision']}".split())
    return "dv16" if re.search(r"\bDV16 DEVICE V\d", words) else None


def read_sense(data):
    form = data[0] & 0x7F if data else 0
    if form in (0x72, 0x73):
        if len(data) < 4:
            raise Malformed("DATA_LENGTH")
        return {"key": data[1] & 0x0F, "code": data[2], "qualifier": data[3]}
    if form not in (0x70, 0x71):
        raise Malformed("DATA_VALUE")
    if len(data) < 3:
        raise Malformed("DATA_LENGTH")
    filled = data.ljust(14, b"\0")
    return {"key": data[2] & 0x0F, "code": filled[12], "qualifier": filled[13]}


def read_identity_block(data):
    if len(data) != 94:
        raise Malformed("DATA_LENGTH")
    names = ["serialNumber", "officerNumber", "officerName", "unitCode", "unitName"]
    parts = struct.unpack("8s7s33s13s33s", data)
    return {name: part.split(b"\0")[0].decode("gbk") or None for name, part in zip(names, parts)}


def read_time(data):
    if len(data) != 8:
        raise Malformed("DATA_LENGTH")
    try:
        return datetime.datetime(*struct.unpack("<HBBBBBx", data)).isoformat()
    except ValueError:
        return None


def must_fail(code, work):
    try:
        work()
    except Malformed as error:
        assert error.args[0] == code, error.args[0]
    else:
        raise AssertionError(f"{code} expected")


def check_inquiries(vector, data):
    inquiry = read_inquiry(data)
    assert inquiry == vector["inquiry"], inquiry
    assert profile_of(inquiry) == vector["profile"]


def same(found, wanted):
    assert found == wanted, found


READERS = {
    "inquiry": read_inquiry,
    "sense": read_sense,
    "identity-block": read_identity_block,
    "time": read_time,
}

CHECKS = {
    "command-wrappers": lambda v, data: same(read_command_wrapper(data), v["wrapper"]),
    "invalid-command-wrappers": lambda v, data: must_fail(v["error"], lambda: read_command_wrapper(data)),
    "status-wrappers": lambda v, data: same(
        read_status_wrapper(data, v["wrapper"]["tag"], v["transferBytes"]), v["wrapper"]
    ),
    "invalid-status-wrappers": lambda v, data: must_fail(
        v["error"], lambda: read_status_wrapper(data, v["tag"], v["transferBytes"])
    ),
    "inquiries": check_inquiries,
    "senses": lambda v, data: same(read_sense(data), v["sense"]),
    "identity-blocks": lambda v, data: same(read_identity_block(data), v["texts"]),
    "times": lambda v, data: same(read_time(data), v["time"]),
    "invalid-data": lambda v, data: must_fail(v["error"], lambda: READERS[v["kind"]](data)),
}


def main():
    folder = Path(__file__).parent / "vectors" / "scsi"
    names = {path.stem for path in folder.glob("*.json")}
    if names != set(CHECKS):
        sys.exit(f"no check for, or no vectors of: {sorted(names ^ set(CHECKS))}")
    for name, check in CHECKS.items():
        vectors = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
        for vector in vectors:
            try:
                check(vector, bytes.fromhex(vector["hex"]))
            except Exception as error:
                sys.exit(f"{name}: {vector.get('why')}: {type(error).__name__} {error}")
        print(f"{name}: {len(vectors)} vectors agree")


if __name__ == "__main__":
    main()
