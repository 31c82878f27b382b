#!/usr/bin/env python3
"""Checks the chain of index records of one dock, with nothing of Docket.

Give it the folder of a dock's records in an archive (`index/<dock>`), as an archive, a NATS consumer or a webhook keeps
them: one file a record, `<sequence>-<beginning of its SHA-256>.json`, at any depth. Each record must have the hash its
name says, name the dock's record before it, and follow it without a gap. Says what is wrong, a line a fault, and ends
with 1; ends with 0 where nothing is.
"""

import hashlib
import json
import pathlib
import re
import sys

NO_RECORD_BEFORE = "0" * 64
NAME = re.compile(r"^(\d{12,})-([0-9a-f]{16})\.json$")


def main(folder: str) -> int:
    records = {}
    faults = []
    for path in sorted(pathlib.Path(folder).rglob("*.json")):
        name = NAME.match(path.name)
        if name is None:
            faults.append(f"{path.name}: no name of an index record")
            continue
        body = path.read_bytes()
        sha256 = hashlib.sha256(body).hexdigest()
        sequence = int(name.group(1))
        if not sha256.startswith(name.group(2)):
            faults.append(f"{path.name}: its bytes are changed, their SHA-256 is {sha256}")
            continue
        record = json.loads(body)
        if record["sequence"] != sequence:
            faults.append(f"{path.name}: says that it is record {record['sequence']}")
        if sequence in records:
            faults.append(f"{path.name}: a second record {sequence}")
            continue
        records[sequence] = (sha256, record)
    docks = sorted({record["dock"] for _, record in records.values()})
    if len(docks) > 1:
        faults.append(f"records of several docks: {', '.join(docks)}")
    faults += chain_faults(records)
    for fault in faults:
        print(fault)
    print(f"{len(records)} records, {len(faults)} faults", file=sys.stderr)
    return 1 if faults or not records else 0


def chain_faults(records):
    faults = []
    expected = 0
    for sequence in sorted(records):
        sha256, record = records[sequence]
        if sequence != expected:
            missing = f"{expected}" if sequence == expected + 1 else f"{expected} to {sequence - 1}"
            faults.append(f"gap: record {missing} missing")
        before = records.get(sequence - 1)
        named = record["previousSha256"]
        if sequence == 0 and named != NO_RECORD_BEFORE:
            faults.append("record 0 names one before it")
        if before is not None and named != before[0]:
            faults.append(f"record {sequence} names another record before it than record {sequence - 1}")
        revised = record["revises"]
        if revised is not None and revised in records:
            if revised >= sequence or records[revised][1]["clip"]["id"] != record["clip"]["id"]:
                faults.append(f"record {sequence} revises record {revised}, which is not of its clip")
        expected = sequence + 1
    return faults


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1]))
