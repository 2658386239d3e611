"""Prints where each packet on a link was to go, one a line, and for a look-up which name: so that a failed test says who spoke."""

import ipaddress
import socket
import struct
import sys

IPV4, IPV6, UDP, DNS = 0x0800, 0x86DD, 17, 53


def name_of(query):
    labels = []
    while query and query[0]:
        labels.append(query[1 : 1 + query[0]].decode("latin-1"))
        query = query[1 + query[0] :]
    return ".".join(labels)


def destination(frame):
    kind, packet = struct.unpack("!H", frame[12:14])[0], frame[14:]
    if kind == IPV4:
        protocol, to, inner = packet[9], packet[16:20], packet[(packet[0] & 15) * 4 :]
    elif kind == IPV6:
        protocol, to, inner = packet[6], packet[24:40], packet[40:]
    else:
        return f"a frame of type {kind:#06x}"
    port = struct.unpack("!H", inner[2:4])[0] if len(inner) >= 4 else 0
    asked = f" asking for {name_of(inner[20:])}" if protocol == UDP and port == DNS else ""
    return f"{ipaddress.ip_address(to)} protocol {protocol} port {port}{asked}"


link = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
link.bind((sys.argv[1], 0))
print("watching", flush=True)
while True:
    print(destination(link.recv(2048)), flush=True)
