"""Adds accounts and groups to a test's own directory, straight to sam.ldb and some at a time: by LDAP ten thousand take
many minutes, and in one transaction each costs more than the one before. Reads one JSON document on standard input. The accounts have no password, which nothing here asks for."""

import json
import sys

import ldb
from samba.auth import system_session
from samba.param import LoadParm
from samba.samdb import SamDB

AT_ONCE = 50


def main():
    wanted = json.load(sys.stdin)
    parameters = LoadParm()
    parameters.load(wanted["config"])
    db = SamDB(url=wanted["database"], session_info=system_session(parameters), lp=parameters)
    entries = wanted["entries"]
    for first in range(0, len(entries), AT_ONCE):
        db.transaction_start()
        try:
            for entry in entries[first:first + AT_ONCE]:
                db.add(entry)
        except BaseException:
            db.transaction_cancel()
            raise
        db.transaction_commit()


if __name__ == "__main__":
    main()
