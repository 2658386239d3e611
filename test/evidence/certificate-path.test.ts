import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readCertificate, readCertificates, type Certificate } from '#evidence/certificate.ts';
import { judgeCertificate, type CertificateTrust } from '#evidence/certificate-path.ts';
import { readRevocationList } from '#evidence/revocation-list.ts';
import { Malformed } from '#evidence/malformed.ts';
import {
  CLIENT_AUTHENTICATION,
  criticalExtension,
  KEY_ENCIPHERMENT,
  rootAuthority,
  SERVER_AUTHENTICATION,
  SMART_CARD_LOGON,
  type Wanted,
} from '#test/support/card-authority.ts';

const HOUR_MS = 3_600_000;
const root = await rootAuthority('Card Root');
const between = await root.authority('Card Policy', 1);
const issuing = await between.authority('Card Issuing');
const sister = await between.authority('Servers Issuing');
const read = (authority: { der: Buffer }) => readCertificate(authority.der);
const lists = await Promise.all([root.list(), between.list(), issuing.list(), sister.list()]);

const trust: CertificateTrust = {
  roots: [read(root)],
  between: [read(between)],
  issuers: [read(issuing)],
  lists: lists.map(readRevocationList),
  purposes: [SMART_CARD_LOGON],
};
const now = new Date();
const card = async (wanted: Wanted = {}, from = issuing): Promise<Certificate> => readCertificate((await from.issue(wanted)).der);
const verdict = (certificate: Certificate, by: Partial<CertificateTrust> = {}, at = now): string => {
  const judged = judgeCertificate(certificate, { ...trust, ...by }, { at });
  return 'fault' in judged ? judged.fault : 'counts';
};

test('a certificate of an authority that may issue cards counts, with the way to the root and a list of each authority', async () => {
  const judged = judgeCertificate(await card(), trust, { at: now });
  assert.ok('path' in judged);
  assert.deepEqual(
    judged.path.map(({ sha256 }) => sha256),
    [issuing, between, root].map((one) => read(one).sha256),
  );
  assert.deepEqual(
    judged.lists.map(({ sha256 }) => sha256),
    [lists[2], lists[1], lists[0]].map((one) => one && readRevocationList(one).sha256),
  );
});

test('what is wrong with the certificate itself is said: its time, its strength, its usage, its purpose, what nobody understands', async () => {
  assert.equal(verdict(await card({ until: new Date(Date.now() - HOUR_MS) })), 'expired');
  assert.equal(verdict(await card({ from: new Date(Date.now() + HOUR_MS) })), 'not-yet-valid');
  assert.equal(verdict(await card({ key: 'rsa1024' })), 'weak');
  assert.equal(verdict(await card({ hash: 'SHA-1' })), 'weak');
  assert.equal(verdict(await card({ key: 'rsa2048' })), 'counts');
  assert.equal(verdict(await card({ key: 'p384' })), 'counts');
  assert.equal(verdict(await card({ usages: KEY_ENCIPHERMENT })), 'usage', 'for encryption only');
  assert.equal(verdict(await card({ purposes: [SERVER_AUTHENTICATION] })), 'purpose');
  assert.equal(verdict(await card({ purposes: [] })), 'purpose', 'one that says nothing is for nothing here');
  assert.equal(verdict(await card({ purposes: [CLIENT_AUTHENTICATION] })), 'purpose');
  assert.equal(
    verdict(await card({ purposes: [CLIENT_AUTHENTICATION] }), { purposes: [SMART_CARD_LOGON, CLIENT_AUTHENTICATION] }),
    'counts',
  );
  assert.equal(verdict(await card({ critical: '1.3.6.1.4.1.99999.1' })), 'not-understood');
  assert.equal(verdict(readCertificate(issuing.der)), 'usage', 'an authority is no person');
});

test('a sister authority under the same root, a stranger of the same name and a broken way up issue nothing that counts', async () => {
  assert.equal(verdict(await card({}, sister)), 'issuer');
  const stranger = await (await (await rootAuthority('Card Root')).authority('Card Policy', 1)).authority('Card Issuing');
  assert.equal(verdict(await card({}, stranger)), 'issuer', 'the right names, another key');
  assert.equal(verdict(await card(), { between: [] }), 'path');
  assert.equal(verdict(await card(), { roots: [read(await rootAuthority('Card Root'))] }), 'path');
  const tooDeep = await issuing.authority('Below the last');
  const list = readRevocationList(await tooDeep.list());
  const deeper = { issuers: [read(tooDeep)], between: [read(between), read(issuing)], lists: [...trust.lists, list] };
  assert.equal(verdict(await card({}, tooDeep), deeper), 'path', 'the issuing authority may have none below it');
});

test('without a current list of each authority nobody is believed not to be revoked', async () => {
  const certificate = await card();
  const { serial } = certificate;
  const with_ = async (...own: Buffer[]) => verdict(certificate, { lists: [...lists.slice(0, 2), ...own].map(readRevocationList) });
  assert.equal(await with_(await issuing.list([serial])), 'revoked');
  assert.equal(await with_(), 'no-list');
  const from = new Date(Date.now() - 48 * HOUR_MS);
  const old = await issuing.list([], { from, until: new Date(Date.now() - 24 * HOUR_MS) });
  assert.equal(await with_(old), 'list-expired');
  assert.equal(await with_(old, await issuing.list([serial], { number: 2 })), 'revoked', 'the newer one tells');
  assert.equal(await with_(await issuing.list([], { from: new Date(Date.now() + HOUR_MS) })), 'no-list', 'not yet');
  assert.equal(
    await with_(await (await (await root.authority('x', 1)).authority('Card Issuing')).list()),
    'no-list',
    'signed by another key',
  );
  const [first, second, ...rest] = lists;
  assert.ok(first && second);
  assert.equal(verdict(certificate, { lists: [second, ...rest].map(readRevocationList) }), 'no-list', 'the root must speak too');
  const revokedBetween = await root.list([readCertificate(between.der).serial]);
  assert.equal(
    verdict(certificate, { lists: [revokedBetween, second, ...rest].map(readRevocationList) }),
    'revoked',
    'an authority on the way',
  );
});

test('a list is read in PEM and DER; one that tells only a part is refused with the reason', async () => {
  const der = await issuing.list(['0102', '00a1']);
  const pem = `-----BEGIN X509 CRL-----\n${der.toString('base64').replace(/(.{64})/g, '$1\n')}\n-----END X509 CRL-----\n`;
  const [one, other] = [readRevocationList(der), readRevocationList(Buffer.from(pem))];
  assert.equal(one.sha256, other.sha256);
  assert.deepEqual([one.isRevoked('0102'), one.isRevoked('a1'), one.isRevoked('0103'), one.number], [true, true, false, '1']);
  const narrowed = (oid: string, value: Uint8Array<ArrayBuffer>) => issuing.list([], { extensions: [criticalExtension(oid, value)] });
  const delta = await narrowed('2.5.29.27', Uint8Array.of(2, 1, 1));
  assert.throws(
    () => readRevocationList(delta),
    (error) => error instanceof Malformed && /full list/.test(error.message),
  );
  const onlyAuthorities = await narrowed('2.5.29.28', Uint8Array.of(0x30, 3, 0x82, 1, 0xff));
  assert.throws(() => readRevocationList(onlyAuthorities), Malformed);
  const saysWhere = await narrowed('2.5.29.28', Uint8Array.of(0x30, 0));
  assert.equal(readRevocationList(saysWhere).number, '1');
  assert.throws(() => readRevocationList(Buffer.from('no list')), Malformed);
});

test('what is no certificate is refused in a sentence, whatever its bytes', async () => {
  const { der, pem } = await issuing.issue({ sid: 'S-1-5-21-1-2-3-1104', upn: 'ines@bank.test' });
  const certificate = readCertificate(der);
  assert.deepEqual([certificate.sid, certificate.upns], ['S-1-5-21-1-2-3-1104', ['ines@bank.test']]);
  assert.equal(readCertificates(`${pem}${root.pem}`).length, 2);
  assert.throws(() => readCertificates('nothing'), Malformed);
  for (let at = 0; at < der.length; at += 7) {
    const bent = Buffer.from(der);
    bent[at] = (bent[at] ?? 0) ^ 0x21;
    try {
      const read = readCertificate(bent);
      assert.notEqual(verdict(read), 'counts', `byte ${at}`);
    } catch (error) {
      assert.ok(error instanceof Malformed, `byte ${at}: ${String(error)}`);
    }
  }
  assert.throws(() => readCertificate(Buffer.concat([der, Buffer.of(0)])), Malformed);
  assert.throws(() => readCertificate(der.subarray(0, -1)), Malformed);
});
