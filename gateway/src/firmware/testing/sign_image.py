#!/usr/bin/env python3
"""Makes a signed MCUboot image with OpenSSL, sharing no code with Docket: sign_image.py FILE VERSION BODY_BYTES KEY [protected]

KEY is a private key in PEM (Ed25519 or P-256). Layout from "Image format" in MCUboot's design document.
"""

import hashlib
import os
import struct
import subprocess
import sys
import tempfile

INFO, PROTECTED_INFO = 0x6907, 0x6908
KEYHASH, SHA256, ECDSA, ED25519, SECURITY_COUNTER = 0x01, 0x10, 0x22, 0x24, 0x50


def tlv(kind, value):
    return struct.pack("<HH", kind, len(value)) + value


def area(magic, tlvs):
    return struct.pack("<HH", magic, 4 + len(tlvs)) + tlvs


def openssl(*arguments, data=b""):
    return subprocess.run(["openssl", *arguments], input=data, check=True, capture_output=True).stdout


def sign(key, hashed, digest):
    with tempfile.NamedTemporaryFile() as message:
        is_ed25519 = b"ED25519" in openssl("pkey", "-in", key, "-noout", "-text")
        message.write(digest if is_ed25519 else hashed)
        message.flush()
        if is_ed25519:
            return ED25519, openssl("pkeyutl", "-sign", "-inkey", key, "-rawin", "-in", message.name)
        return ECDSA, openssl("dgst", "-sha256", "-sign", key, message.name)


def main():
    path, version, body_bytes, key = sys.argv[1:5]
    major, minor, revision, build = (int(part) for part in version.replace("+", ".").split("."))
    protected = area(PROTECTED_INFO, tlv(SECURITY_COUNTER, b"\1\0\0\0")) if "protected" in sys.argv else b""
    header = struct.pack(
        "<IIHHIIBBHII", 0x96F3B83D, 0, 64, len(protected), int(body_bytes), 0, major, minor, revision, build, 0
    )
    hashed = header.ljust(64, b"\0") + os.urandom(int(body_bytes)) + protected
    digest = hashlib.sha256(hashed).digest()
    public = openssl("pkey", "-in", key, "-pubout", "-outform", "DER")
    kind, signature = sign(key, hashed, digest)
    tlvs = tlv(SHA256, digest) + tlv(KEYHASH, hashlib.sha256(public).digest()) + tlv(kind, signature)
    with open(path, "wb") as file:
        file.write(hashed + area(INFO, tlvs))


main()
