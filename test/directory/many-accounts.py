"""Adds accounts and groups to a test's own directory, straight to sam.ldb in one transaction: by LDAP ten thousand take
many minutes. Reads one JSON document on standard input. The accounts have no password, which nothing here asks for."""

import json
import sys

import ldb
from samba.auth import system_session
from samba.param import LoadParm
from samba.samdb import SamDB


def main():
    wanted = json.load(sys.stdin)
    parameters = LoadParm()
    parameters.load(wanted["config"])
    db = SamDB(url=wanted["database"], session_info=system_session(parameters), lp=parameters)
    db.transaction_start()
    try:
        for entry in wanted["entries"]:
            db.add(entry)
    except BaseException:
        db.transaction_cancel()
        raise
    db.transaction_commit()


if __name__ == "__main__":
    main()
