import assert from 'node:assert/strict';
import { sign } from 'node:crypto';
import { test } from 'node:test';
import { readCertificate } from '#evidence/certificate.ts';
import { COMPROMISED, METADATA_FAULTS, MetadataRefused, readMetadata } from '#evidence/fido-metadata.ts';
import { aPublisher, fidoList } from '#test/support/fido-list.ts';

const publisher = await aPublisher();
const stranger = await aPublisher();
const roots = [readCertificate(publisher.root)];
const MODEL = '2fc0579f-8113-47ea-b116-bb5a8db9202a';
const OTHER = 'ee882879-721c-4913-9775-3dfcce97072a';
const facts = { number: 41, models: [{ aaguid: MODEL, roots: [publisher.root] }] };

function fault(text: string, trusted = roots, at = new Date()): string {
  try {
    readMetadata(text, trusted, at);
    return 'taken';
  } catch (error) {
    assert.ok(error instanceof MetadataRefused, String(error));
    assert.equal(error.message, METADATA_FAULTS[error.fault]);
    return error.fault;
  }
}

test('a signed list gives its number, the next date, and of each model its roots and every bad report that was ever made', () => {
  const statuses = ['FIDO_CERTIFIED', 'USER_KEY_PHYSICAL_COMPROMISE', 'UPDATE_AVAILABLE', 'FIDO_CERTIFIED_L1'];
  const text = fidoList(publisher, {
    number: 7,
    nextUpdate: '2026-12-24',
    models: [
      { aaguid: MODEL, roots: [publisher.root] },
      { aaguid: OTHER, statuses },
    ],
  });
  const { number, nextUpdate, models } = readMetadata(`${text}\n`, roots, new Date());
  assert.deepEqual([number, nextUpdate, models.size], [7, '2026-12-24', 2]);
  assert.deepEqual(models.get(MODEL)?.compromised, []);
  assert.deepEqual(models.get(MODEL)?.roots, [publisher.root.toString('base64')]);
  assert.deepEqual(models.get(OTHER)?.compromised, ['USER_KEY_PHYSICAL_COMPROMISE'], 'what came later takes nothing back');
  for (const status of COMPROMISED) {
    const one = readMetadata(fidoList(publisher, { number: 8, models: [{ aaguid: MODEL, statuses: [status] }] }), roots, new Date());
    assert.deepEqual(one.models.get(MODEL)?.compromised, [status]);
  }
});

test('what is not signed up to a trusted root is refused: no root is built in, and an empty list of roots trusts nobody', () => {
  assert.equal(fault(fidoList(publisher, facts)), 'taken');
  assert.equal(fault(fidoList(publisher, facts), []), 'path', 'the library takes anything then');
  assert.equal(fault(fidoList(stranger, facts)), 'path');
  assert.equal(
    fault(fidoList(stranger, facts, { header: { x5c: [publisher.der.toString('base64')] } })),
    'signature',
    'with the certificate of another',
  );
  assert.equal(fault(fidoList(publisher, facts, { header: { x5c: [] } })), 'unsigned');
  assert.equal(
    fault(fidoList(publisher, facts, { header: { x5c: undefined, x5u: 'http://127.0.0.1:1/chain' } })),
    'unsigned',
    'nothing is fetched',
  );
  assert.equal(fault(fidoList(publisher, facts, { header: { alg: 'none' } })), 'unsigned');
  assert.equal(fault(fidoList(publisher, facts, { header: { alg: 'HS256' } })), 'algorithm', 'a public key is no secret');
});

test('a list that was changed, cut or is none at all is refused', () => {
  const [header = '', payload = '', signature = ''] = fidoList(publisher, facts).split('.');
  const [, other = ''] = fidoList(publisher, { ...facts, number: 99 }).split('.');
  assert.equal(fault(`${header}.${other}.${signature}`), 'signature');
  assert.equal(fault(`${header}.${payload}.`), 'unsigned');
  assert.equal(fault(`${header}.${payload}.${signature.slice(0, -4)}`), 'signature');
  assert.equal(fault(`${header}.${payload}.${'A'.repeat(86)}`), 'signature');
  const der = sign('sha256', Buffer.from(`${header}.${payload}`), publisher.key).toString('base64url');
  assert.equal(fault(`${header}.${payload}.${der}`), 'signature', 'RFC 7518 §3.4 wants r and s, not DER');
  for (const text of [
    '',
    'not a list',
    '{}',
    `${header}.${payload}`,
    `${header}.${payload}.${signature}.x`,
    `<html>.<p>.</p>`,
    'e30..',
    `!.${payload}.${signature}`,
  ])
    assert.equal(fault(text), 'not-a-jwt', text.slice(0, 20));
});

test('a signed list that is not written as it should be is refused whole', () => {
  const bent = (payload: object): string => fault(fidoList(publisher, facts, { payload }));
  for (const payload of [
    { no: -1 },
    { no: 1.5 },
    { no: '41' },
    { no: 2 ** 60 },
    { nextUpdate: 'soon' },
    { nextUpdate: undefined },
    { entries: {} },
    { entries: ['x'] },
    { entries: [{ aaguid: MODEL.toUpperCase(), statusReports: [] }] },
    { entries: [{ aaguid: MODEL }] },
    { entries: [{ aaguid: MODEL, statusReports: ['REVOKED'] }] },
    {
      entries: [
        { aaguid: MODEL, statusReports: [] },
        { aaguid: MODEL, statusReports: [] },
      ],
    },
  ])
    assert.equal(bent(payload), 'content', JSON.stringify(payload));
  assert.equal(bent({ entries: [{ aaid: '4746#3281', statusReports: [] }] }), 'taken', 'authenticators without an AAGUID are left out');
});

test('the signer’s certificate has to be valid when the list is brought, and a list that was brought stays readable', async () => {
  const late = await aPublisher(true);
  const text = fidoList(late, facts);
  const trusted = [readCertificate(late.root)];
  assert.equal(fault(text, trusted), 'expired');
  assert.equal(fault(text, trusted, new Date(Date.now() - 0.75 * 86_400_000)), 'taken', 'judged at the moment at which it was brought');
  assert.equal(fault(fidoList(publisher, facts), roots, new Date(0)), 'expired', 'the clock of the host is wrong');
});
