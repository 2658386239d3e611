"""Fills a new directory with the demo bank. Reads one JSON document on standard input, writes straight to sam.ldb in one
transaction, as root: either the whole bank is there afterwards or nothing of it. Passwords come only by that input."""

import json
import sys

import ldb
from samba import sd_utils
from samba.auth import system_session
from samba.param import LoadParm
from samba.samdb import SamDB

GLOBAL_SECURITY_GROUP = "-2147483646"
UNITS_PER_SECOND = 10_000_000


def quoted(password):
    return f'"{password}"'.encode("utf-16-le")


def replace(dn, attributes):
    message = ldb.Message(dn)
    for name, value in attributes.items():
        message[name] = ldb.MessageElement(value, ldb.FLAG_MOD_REPLACE, name)
    return message


def set_domain_policy(db, base, policy):
    db.modify(replace(base, {name: str(value) for name, value in policy.items()}))


def add_people(db, people):
    for person in people:
        attributes = dict(person["attributes"])
        attributes["dn"] = person["dn"]
        attributes["objectClass"] = "user"
        attributes["unicodePwd"] = quoted(person["password"])
        db.add(attributes)
    # Second pass: a manager may stand later in the list, and Samba sets lockoutTime only on an object that exists.
    for person in people:
        if person["later"]:
            db.modify(replace(ldb.Dn(db, person["dn"]), person["later"]))


def add_groups(db, groups):
    for group in groups:
        db.add({"dn": group["dn"], "objectClass": "group", "sAMAccountName": group["name"],
                "groupType": GLOBAL_SECURITY_GROUP, "description": group["description"]})


def add_members(db, memberships):
    for membership in memberships:
        message = ldb.Message(ldb.Dn(db, membership["group"]))
        message["member"] = ldb.MessageElement(membership["members"], ldb.FLAG_MOD_ADD, "member")
        db.modify(message)


def add_password_policies(db, container, policies):
    for policy in policies:
        attributes = {name: str(value) for name, value in policy["attributes"].items()}
        attributes["dn"] = f"CN={policy['name']},{container}"
        attributes["objectClass"] = "msDS-PasswordSettings"
        attributes["msDS-PSOAppliesTo"] = policy["appliesTo"]
        db.add(attributes)


def sid_of(db, dn):
    found = db.search(base=dn, scope=ldb.SCOPE_BASE, attrs=["objectSid"])
    return db.schema_format_value("objectSid", found[0]["objectSid"][0]).decode()


def delegate(db, delegations):
    descriptors = sd_utils.SDUtils(db)
    for delegation in delegations:
        aces = "".join(delegation["aces"]).replace("$SID", sid_of(db, delegation["account"]))
        descriptors.dacl_add_ace(ldb.Dn(db, delegation["object"]), aces)


def main():
    bank = json.load(sys.stdin)
    parameters = LoadParm()
    parameters.load(bank["config"])
    db = SamDB(url=bank["database"], session_info=system_session(parameters), lp=parameters)
    base = ldb.Dn(db, bank["baseDn"])
    db.transaction_start()
    try:
        set_domain_policy(db, base, bank["domainPolicy"])
        for unit in bank["units"]:
            db.add({"dn": unit["dn"], "objectClass": "organizationalUnit", "description": unit["description"]})
        add_people(db, bank["accounts"])
        add_groups(db, bank["groups"])
        add_members(db, bank["memberships"])
        add_password_policies(db, bank["passwordSettingsContainer"], bank["passwordPolicies"])
        delegate(db, bank["delegations"])
        db.modify(replace(ldb.Dn(db, bank["administrator"]["dn"]),
                          {"unicodePwd": quoted(bank["administrator"]["password"]), "userAccountControl": "66048"}))
    except BaseException:
        db.transaction_cancel()
        raise
    db.transaction_commit()


if __name__ == "__main__":
    main()
