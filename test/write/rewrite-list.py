"""Changes who may do what to one object: takes {config, database, dn, replace: [[what, by]]} as JSON, prints the list as SDDL."""
import json
import sys

import ldb
from samba import sd_utils
from samba.auth import system_session
from samba.param import LoadParm
from samba.samdb import SamDB

asked = json.load(sys.stdin)
parameters = LoadParm()
parameters.load(asked["config"])
db = SamDB(url=asked["database"], session_info=system_session(parameters), lp=parameters)
descriptors = sd_utils.SDUtils(db)
dn = ldb.Dn(db, asked["dn"])
sddl = descriptors.get_sd_as_sddl(dn)
for what, by in asked["replace"]:
    if what not in sddl:
        sys.exit(f"{what} is not in {sddl}")
    sddl = sddl.replace(what, by, 1)
if asked["replace"]:
    descriptors.modify_sd_on_dn(dn, sddl)
print(descriptors.get_sd_as_sddl(dn))
