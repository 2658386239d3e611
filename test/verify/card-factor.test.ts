import assert from 'node:assert/strict';
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { test } from 'node:test';
import type { Checked } from '#activities/contract.ts';
import type { FactorPassed } from '#domain/attestation.ts';
import { newHandle, type CardTicket } from '#evidence/card-ticket.ts';
import { readCertificate } from '#evidence/certificate.ts';
import type { CertificateTrust } from '#evidence/certificate-path.ts';
import { readRevocationList } from '#evidence/revocation-list.ts';
import { securityIdentities } from '#evidence/security-identities.ts';
import { whyNotShown } from '#prisma/card-ticket-text.ts';
import { loadPolicy } from '#prisma/policies.ts';
import { readStatement } from '#prisma/statement-text.ts';
import { SERVER_AUTHENTICATION, type Issued } from '#test/support/card-authority.ts';
import { cardTrust } from '#test/support/card-trust.ts';
import { demoPolicyWith, privilegedRule } from '#test/support/policies.ts';
import { shownCard } from '#test/support/shown-card.ts';
import { enrolled, factor, codeNow, identified, person, prove, seal, useVerifier, type Enrolled, type OpenReset } from './world.ts';

const world = await useVerifier();
const HOUR_MS = 3_600_000;
const standard = `
  - id: standard
    when: {}
    accept:
      - { name: a code and a card, proofs: [recovery-code], factors: [smart-card] }
      - { name: a code and the authenticator, proofs: [recovery-code], factors: [totp] }
    approvals: []`;
await world.superuser.$transaction((tx) =>
  loadPolicy(tx, demoPolicyWith(`rules:${privilegedRule}${standard}`), { type: 'service', name: 'test' }),
);
const bilal = await enrolled(world, person('bilal'), 20);
const goran = await enrolled(world, person('goran'), 20);
const rosa = await enrolled(world, person('rosa', { protectedBy: 'Domain Admins' }), 5);

const listener = generateKeyPairSync('ed25519');
const { bank, issuing, sister, strange, lists, trust } = await cardTrust();
world.cards.trust = trust;
world.deps.cardListenerKey = listener.publicKey;

/** Somebody who has named the account and shown a recovery code; nothing was tried on it in this hour. */
async function proven(who: Enrolled): Promise<OpenReset> {
  await world.superuser.attempts.deleteMany();
  if (who.recoveryCodes.length === 0) Object.assign(who, await enrolled(world, who, 20));
  const reset = await identified(world, who.samAccountName);
  assert.equal(await prove(world, reset, who.recoveryCodes.pop() ?? ''), 'passed');
  return reset;
}

async function sent(of: OpenReset, card: ReturnType<typeof shownCard>, updateId: string = randomUUID()): Promise<Checked> {
  const { reset, run, account } = of;
  return world.verifier.checkFactor({
    reset,
    run,
    account,
    updateId,
    purpose: 'reset',
    sealed: await seal(world, 'factor', reset, { card }),
  });
}
const shows = (of: OpenReset, card: Issued, bent: Partial<CardTicket> = {}) =>
  sent(of, shownCard(listener.privateKey, card, { reset: of.reset, ...bent }));

const lastLeaf = async (of: OpenReset) => {
  const leaf = await world.superuser.leaf.findFirstOrThrow({
    where: { type: 'factor.checked', resetId: of.reset },
    orderBy: { seq: 'desc' },
  });
  return JSON.parse(leaf.body) as { reason?: string; outcome: string; do: Record<string, string>; who: { actor: object } };
};

test('a smart card is the factor: what the listener saw, way to the root, lists and mapping stand in the statement, and anybody checks them again', async () => {
  const card = await issuing.issue({ sid: bilal.sid, subject: 'CN=Bilal' });
  const of = await proven(bilal);
  const checked = await shows(of, card);
  assert.deepEqual([checked.outcome, checked.outcome === 'passed' && checked.method], ['passed', 'smart-card']);
  const rows = await world.superuser.attestation.findMany({ where: { resetId: of.reset, kind: 'factor' } });
  const [said] = rows.flatMap(({ body, signature }) => readStatement(body, signature, world.deps.keys.checking) ?? []);
  assert.ok(said?.kind === 'factor' && said.card);
  const { sha256 } = readCertificate(card.der);
  assert.deepEqual([said.credential, said.card.mapping, said.card.path.length], [sha256, 'sid', 2]);
  assert.deepEqual([whyNotShown(said, listener.publicKey), whyNotShown(said)], [undefined, undefined]);
  const { card: record } = said;
  const bent: [string, Partial<FactorPassed>, RegExp][] = [
    ['another reset', { reset: randomUUID() }, /another reset/],
    ['another hour', { at: new Date(Date.parse(said.at) + HOUR_MS).toISOString() }, /another time/],
    ['another card', { credential: '0'.repeat(64) }, /another card/],
    ['another opening', { card: { ...record, opening: 'x' } }, /another reset/],
    ['a list less', { card: { ...record, lists: record.lists.slice(1) } }, /no current list/],
    [
      'another issuer',
      { card: { ...record, path: [strange.der.toString('base64'), ...record.path.slice(1)] } },
      /did not count \(issuer\)/,
    ],
    [
      'a ticket that was edited',
      { card: { ...record, ticket: { ...record.ticket, text: record.ticket.text.replace('1.3', '1.2') } } },
      /no card was shown/,
    ],
  ];
  for (const [what, change, why] of bent) assert.match(whyNotShown({ ...said, ...change }) ?? '', why, what);
  assert.match(
    whyNotShown(said, generateKeyPairSync('ed25519').publicKey) ?? '',
    /no card was shown/,
    'another listener than the pinned one',
  );
  const leaf = await lastLeaf(of);
  assert.deepEqual([leaf.outcome, leaf.do['method'], leaf.do['credential']], ['success', 'smart-card', sha256]);
});

test('a card that does not count is refused in words about the card; officers read which check failed', async () => {
  const sid = bilal.sid;
  const [byForm, twice] = [await issuing.issue({}), await issuing.issue({ sid })];
  const formOf = (card: Issued, form: 'issuer-serial' | 'key-id') => securityIdentities(readCertificate(card.der))[form] ?? '';
  const cases: [string, Issued, string, string][] = [
    ['run out', await issuing.issue({ sid, until: new Date(Date.now() - HOUR_MS) }), 'card-out-of-date', 'expired'],
    ['from tomorrow', await issuing.issue({ sid, from: new Date(Date.now() + HOUR_MS) }), 'card-out-of-date', 'not-yet-valid'],
    ['for a server', await issuing.issue({ sid, purposes: [SERVER_AUTHENTICATION] }), 'card-wrong-purpose', 'purpose'],
    ['for nothing in particular', await issuing.issue({ sid, purposes: [] }), 'card-wrong-purpose', 'purpose'],
    ['of an authority that issues no cards', await sister.issue({ sid }), 'card-wrong-issuer', 'issuer'],
    ['of strangers with the same name', await strange.issue({ sid }), 'card-wrong-issuer', 'issuer'],
    ['with a key that can be broken', await issuing.issue({ sid, key: 'rsa1024' }), 'card-too-weak', 'weak'],
    ['with a user principal name and nothing else', await issuing.issue({ upn: 'bilal@bank.test' }), 'card-not-yours', 'not-mapped'],
    ['of nobody', byForm, 'card-not-yours', 'not-mapped'],
    ['of a colleague', await issuing.issue({ sid: goran.sid }), 'card-not-yours', 'mapped-elsewhere'],
    ['that names the one and is mapped to the other', twice, 'card-of-two', 'mapped-twice'],
  ];
  world.mappings.set(goran.guid, [formOf(twice, 'key-id')]);
  for (const [what, card, code, fault] of cases) {
    const of = await proven(bilal);
    assert.deepEqual(await shows(of, card), { outcome: 'failed', code }, what);
    const leaf = await lastLeaf(of);
    assert.deepEqual(
      [leaf.outcome, leaf.reason, leaf.do['fault'], leaf.do['credential']],
      ['failure', code, fault, readCertificate(card.der).sha256],
      what,
    );
  }
  for (const form of ['issuer-serial', 'key-id'] as const) {
    const card = await issuing.issue({});
    world.mappings.set(bilal.guid, [formOf(card, form)]);
    assert.equal((await shows(await proven(bilal), card)).outcome, 'passed', form);
  }
  world.mappings.clear();
});

test('revocations: a list that names the card refuses it, one that has run out or is missing refuses all, and a new one counts at once', async () => {
  const card = await issuing.issue({ sid: bilal.sid });
  const under = async (own: Uint8Array[], asked = card) => {
    world.cards.trust = { ...trust, lists: own.map(readRevocationList) };
    const checked = await shows(await proven(bilal), asked);
    world.cards.trust = trust;
    return checked.outcome === 'failed' ? checked.code : checked.outcome;
  };
  const [root = new Uint8Array(), own = new Uint8Array()] = lists;
  const { serial } = readCertificate(card.der);
  const ran = { until: new Date(Date.now() - 60_000) };
  assert.equal(await under([root, await issuing.list([serial], { number: 2 })]), 'card-revoked');
  assert.equal(await under([root]), 'card-not-checkable');
  assert.equal(await under([own]), 'card-not-checkable', 'the list of the root is missing');
  assert.equal(await under([root, await issuing.list([], ran)]), 'card-not-checkable');
  const pem = Buffer.from(`-----BEGIN X509 CRL-----\n${(await issuing.list([serial])).toString('base64')}\n-----END X509 CRL-----\n`);
  assert.equal(await under([root, pem]), 'card-revoked', 'in PEM');
  assert.equal(await under([root, own]), 'passed', 'and with nothing against it, it passes');
  world.cards.trust = undefined;
  assert.deepEqual(await shows(await proven(bilal), card), { outcome: 'failed', code: 'card-not-set-up' });
  world.cards.trust = trust;
});

test('a ticket counts for the reset whose handle it names, from the pinned listener, within two minutes, once; and so does its handle', async () => {
  const card = await issuing.issue({ sid: bilal.sid });
  const of = await proven(bilal);
  const over = { outcome: 'failed', code: 'card-ticket-over' };
  const later = (seconds: number) => ({ at: new Date(Date.now() + seconds * 1000).toISOString() });
  assert.deepEqual(
    await sent(of, shownCard(generateKeyPairSync('ed25519').privateKey, card, { reset: of.reset })),
    over,
    'of another listener',
  );
  assert.deepEqual(await shows(of, card, { handle: newHandle(randomUUID(), 'of-this-browser') }), over, 'for another reset');
  assert.deepEqual(await shows(of, card, { handle: newHandle(of.reset, 'of another browser') }), over, 'for another browser');
  assert.deepEqual(await shows(of, card, later(-180)), over, 'three minutes old');
  assert.deepEqual(await shows(of, card, later(180)), over, 'of the future');
  const handle = newHandle(of.reset, 'of-this-browser');
  const first = shownCard(listener.privateKey, card, { reset: of.reset, handle });
  assert.equal((await sent(of, first)).outcome, 'passed');
  assert.deepEqual(await sent(of, first), over, 'the ticket again');
  assert.deepEqual(await shows(of, card, { handle }), over, 'another ticket for its handle');
  const wasted = shownCard(listener.privateKey, await sister.issue({ sid: bilal.sid }), { reset: of.reset });
  assert.deepEqual([(await sent(of, wasted)).outcome, await sent(of, wasted)], ['failed', over], 'one that was refused is used up, too');
});

test('of 64 uses of one ticket at the same moment exactly one wins', async () => {
  const of = await proven(goran);
  const ticket = shownCard(listener.privateKey, await issuing.issue({ sid: goran.sid }), { reset: of.reset });
  const patiently = async (): Promise<Checked> => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await sent(of, ticket);
      } catch (error) {
        if (attempt === 6) throw error;
      }
    }
  };
  const all = await Promise.all(Array.from({ length: 64 }, patiently));
  assert.equal(all.filter(({ outcome }) => outcome === 'passed').length, 1);
  assert.equal(await world.superuser.attestation.count({ where: { resetId: of.reset, kind: 'factor' } }), 1);
});

test('whoever holds a good card of their own hears the same about an account that is another’s and about one that does not exist', async () => {
  const card = await issuing.issue({ sid: bilal.sid });
  const [others, nobodys] = [await proven(goran), await identified(world, 'nobody.here')];
  const answers = [await shows(others, card), await shows(nobodys, card)];
  assert.deepEqual(answers[0], { outcome: 'failed', code: 'card-not-yours' });
  assert.deepEqual(answers[0], answers[1]);
});

test('a card from today waits like any new factor before it serves a protected account', async () => {
  const made = (from: Date) => issuing.issue({ sid: rosa.sid, from });
  assert.deepEqual(await shows(await proven(rosa), await made(new Date(Date.now() - HOUR_MS))), {
    outcome: 'refused',
    code: 'factor-too-new',
  });
  assert.equal((await shows(await proven(rosa), await made(new Date(Date.now() - 48 * HOUR_MS)))).outcome, 'passed');
});

test('a reset that was parked behind a card goes on as long as the card counts; other factors are asked nothing', async () => {
  const card = await issuing.issue({ sid: bilal.sid });
  const stand = async (of: OpenReset, own: CertificateTrust | undefined) => {
    world.cards.trust = own;
    const looked = await world.verifier.factorsStand({ reset: of.reset, run: of.run, account: of.account ?? '' });
    world.cards.trust = trust;
    return looked.outcome === 'refused' ? looked.code : looked.outcome;
  };
  const parked = async () => {
    const of = await proven(bilal);
    assert.equal((await shows(of, card)).outcome, 'passed');
    return of;
  };
  const own = async (revoked: string[], more = {}) => ({
    ...trust,
    lists: [await bank.list(), await issuing.list(revoked, { number: 2, ...more })].map(readRevocationList),
  });
  const { serial } = readCertificate(card.der);
  assert.equal(await stand(await parked(), trust), 'stand');
  const revoked = await parked();
  assert.equal(await stand(revoked, await own([serial])), 'factor-revoked');
  const leaf = await lastLeaf(revoked);
  assert.deepEqual([leaf.outcome, leaf.reason, leaf.do['fault']], ['denied', 'factor-revoked', 'revoked']);
  assert.equal(await stand(await parked(), await own([], { until: new Date(Date.now() - 60_000) })), 'card-not-checkable');
  assert.equal(await stand(await parked(), { ...trust, issuers: [readCertificate(sister.der)] }), 'factor-revoked');
  const both = await parked();
  assert.equal(await factor(world, both, codeNow(bilal)), 'passed');
  assert.equal(await stand(both, await own([serial])), 'stand', 'the authenticator is enough by itself');
});
