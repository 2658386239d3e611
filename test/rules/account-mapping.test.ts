import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mappingTo, type MappableAccount } from '#domain/account-mapping.ts';
import { readCertificate } from '#evidence/certificate.ts';
import { securityIdentities } from '#evidence/security-identities.ts';
import { rootAuthority } from '#test/support/card-authority.ts';

const SID = 'S-1-5-21-1004336348-1177238915-682003330-1104';
const root = await rootAuthority('Card A, Root');
const [withSid, without] = [await root.issue({ sid: SID, upn: 'ines@bank.test' }), await root.issue({ upn: 'ines@bank.test' })].map(
  ({ der }) => readCertificate(der),
);
assert.ok(withSid && without);
const identities = securityIdentities(without);
const ines: MappableAccount = { guid: 'ines', sid: SID, identities: [] };
const rosa: MappableAccount = { guid: 'rosa', sid: `${SID}0`, identities: [] };
const said = (accounts: readonly MappableAccount[], certificate = without, person = 'ines'): string => {
  const found = mappingTo(person, { sid: certificate.sid, identities: securityIdentities(certificate) }, accounts);
  return 'by' in found ? found.by : found.fault;
};

test('the strong forms are written as Windows writes them: issuer as it stands, serial number backwards, key identifier', () => {
  const serial = Buffer.from(without.serial, 'hex').toReversed();
  assert.equal(identities['issuer-serial'], `X509:<I>DC=test,DC=bank,CN="Card A, Root"<SR>${Buffer.from(serial).toString('hex')}`);
  assert.equal(identities['key-id'], `X509:<SKI>${without.subjectKeyId}`);
});

test('a certificate is mapped by the SID in it, or by what the account holds about it, whatever the case of its letters', () => {
  assert.equal(said([ines, rosa], withSid), 'sid');
  assert.equal(said([{ ...ines, identities: [identities['issuer-serial'].toUpperCase()] }, rosa]), 'issuer-serial');
  assert.equal(said([{ ...ines, identities: ['X509:<SKI>00', identities['key-id'] ?? ''] }]), 'key-id');
});

test('a user principal name maps nothing, nor do the weak forms of altSecurityIdentities', () => {
  assert.equal(said([ines, rosa]), 'not-mapped');
  const issuer = identities['issuer-serial'].split('<SR>')[0] ?? '';
  for (const weak of [`${issuer}<S>CN=Somebody`, 'X509:<S>CN=Somebody', 'X509:<RFC822>ines@bank.test', issuer])
    assert.equal(said([{ ...ines, identities: [weak] }]), 'not-mapped', weak);
});

test('a certificate of two accounts is nobody’s, and one of another account is not this person’s', () => {
  const mapped = { identities: [identities['issuer-serial']] };
  assert.equal(
    said([
      { ...ines, ...mapped },
      { ...rosa, ...mapped },
    ]),
    'mapped-twice',
  );
  assert.equal(said([ines, { ...rosa, identities: [securityIdentities(withSid)['issuer-serial']] }], withSid), 'mapped-twice');
  assert.equal(said([{ ...rosa, ...mapped }]), 'mapped-elsewhere');
  assert.equal(said([ines], withSid, 'rosa'), 'mapped-elsewhere');
  assert.equal(
    said([{ ...rosa, identities: [securityIdentities(withSid)['key-id'] ?? ''] }], withSid, 'rosa'),
    'mapped-twice',
    'its SID is of an account that is gone',
  );
});
