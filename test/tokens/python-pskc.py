"""Writes a key container by python3-pskc: reads its description as JSON from standard input."""
import binascii, json, sys
from pskc import PSKC

asked = json.load(sys.stdin)
container = PSKC()
for token in asked['tokens']:
    key = container.add_key(
        id=token['serial'], serial=token['serial'], manufacturer=token['manufacturer'],
        algorithm='urn:ietf:params:xml:ns:keyprov:pskc:' + token['kind'], algorithm_suite=token['suite'],
        response_length=token['digits'], response_encoding='DECIMAL',
        secret=binascii.unhexlify(token['secret']))
    if token['kind'] == 'hotp':
        key.counter = token['counter']
    else:
        key.time_interval = token['period']
if asked['by'] == 'pre-shared-key':
    container.encryption.setup_preshared_key(key=binascii.unhexlify(asked['key']), key_name='Supplier 1', algorithm=asked['cipher'])
    container.mac.setup(algorithm=asked['mac'])
if asked['by'] == 'passphrase':
    container.encryption.setup_pbkdf2(asked['key'], iterations=asked['rounds'], key_length=16, prf=asked['mac'])
container.write(sys.stdout.buffer if hasattr(sys.stdout, 'buffer') else sys.stdout)
