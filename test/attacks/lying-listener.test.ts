import assert from 'node:assert/strict';
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { test } from 'node:test';
import type { Attestation, CardShown, FactorPassed } from '#domain/attestation.ts';
import { readCertificate } from '#evidence/certificate.ts';
import type { CertificateTrust } from '#evidence/certificate-path.ts';
import { readRevocationList } from '#evidence/revocation-list.ts';
import { SERVER_AUTHENTICATION, type CardAuthority, type Issued } from '../support/card-authority.ts';
import { cardTrust } from '../support/card-trust.ts';
import { demoPolicyWith, privilegedRule } from '../support/policies.ts';
import { shownCard } from '../support/shown-card.ts';
import { writerBench } from '../write/workbench.ts';

/**
 * Worker, API and verifier are taken over together: the verifier's key says that a claimant showed a card. The writer asks for the
 * ticket of the listener that it pins, and judges the card by its own roots, its own lists and its own look into the directory.
 */
const bench = await writerBench(
  demoPolicyWith(`rules:${privilegedRule}
  - id: standard
    when: {}
    accept: [{ name: a code and the smart card, proofs: [recovery-code], factors: [smart-card] }]
    approvals: []
`),
);
const listener = generateKeyPairSync('ed25519');
const { bank, stranger, issuing, sister, strange, lists: current, trust } = await cardTrust();
const [alice, bilal] = [await bench.bank.account('alice.moreau'), await bench.bank.account('bilal.osman')];
const HOUR_MS = 3_600_000;

interface Lie {
  way?: [CardAuthority, CardAuthority];
  /** Of another listener than the pinned one. */
  key?: typeof listener;
  ticket?: Partial<Parameters<typeof shownCard>[2]>;
  statement?: Partial<FactorPassed>;
}

/** What the verifier signs: that this card was shown in this reset, this way to that root, lists that spoke. */
const showing =
  (card: Issued, { way = [issuing, bank], key = listener, ticket, statement }: Lie = {}) =>
  (honest: Attestation[]): Attestation[] =>
    honest.map((one) => {
      if (one.kind !== 'factor') return one;
      const { opening, ...signed } = shownCard(key.privateKey, card, { reset: one.reset, at: one.at, ...ticket });
      const spoke = {
        number: '1',
        thisUpdate: new Date(Date.now() - HOUR_MS).toISOString(),
        nextUpdate: new Date(Date.now() + HOUR_MS).toISOString(),
      };
      const record: CardShown = {
        ticket: signed,
        listener: key.publicKey.export({ format: 'der', type: 'spki' }).toString('base64'),
        opening,
        path: way.map(({ der }) => der.toString('base64')),
        lists: current.map((list) => ({ sha256: readRevocationList(list).sha256, ...spoke })),
        mapping: 'sid',
      };
      return { ...one, method: 'smart-card', credential: readCertificate(card.der).sha256, card: record, ...statement };
    });

const withoutCard = (one: Attestation): Attestation => {
  if (one.kind !== 'factor') return one;
  const { card: _, ...rest } = one;
  return rest;
};

async function written(
  statements: (honest: Attestation[]) => Attestation[],
  own: CertificateTrust | 'none' = trust,
  pinned: typeof listener.publicKey | 'none' = listener.publicKey,
): Promise<string> {
  const before = await bench.versions();
  const writer = await bench.writer('staff', {
    cards: () => (own === 'none' ? undefined : own),
    cardListenerKey: pinned === 'none' ? undefined : pinned,
  });
  const { asked } = await bench.scene('alice.moreau', { statements });
  const answer = await writer.writePassword(asked);
  assert.deepEqual(await bench.changedSince(before), answer.outcome === 'applied' ? ['alice.moreau'] : []);
  return answer.outcome === 'refused' ? answer.code : answer.outcome;
}

test('a card that the pinned listener did not see in this reset, or that this writer does not trust, counts for nothing, whatever the verifier says', async () => {
  const hers = await issuing.issue({ sid: alice.sid });
  const another = generateKeyPairSync('ed25519');
  const lies: [string, (honest: Attestation[]) => Attestation[]][] = [
    ['a ticket by a key that the verifier made up', showing(hers, { key: another })],
    ['no ticket at all', (honest) => showing(hers)(honest).map(withoutCard)],
    ['a ticket from another reset', showing(hers, { ticket: { reset: randomUUID() } })],
    ['a ticket from an hour ago', showing(hers, { ticket: { at: new Date(Date.now() - HOUR_MS).toISOString() } })],
    ['the ticket of another card', showing(hers, { statement: { credential: '0'.repeat(64) } })],
    ['an authority of the attacker, of the same name', showing(await strange.issue({ sid: alice.sid }), { way: [strange, stranger] })],
    ['the attacker’s card, said to be the bank’s', showing(await strange.issue({ sid: alice.sid }))],
    ['an authority of the bank that issues no cards', showing(await sister.issue({ sid: alice.sid }), { way: [sister, bank] })],
    ['a certificate for a server', showing(await issuing.issue({ sid: alice.sid, purposes: [SERVER_AUTHENTICATION] }))],
    ['a certificate that had run out', showing(await issuing.issue({ sid: alice.sid, until: new Date(Date.now() - HOUR_MS) }))],
  ];
  for (const [what, statements] of lies) assert.equal(await written(statements), 'evidence-missing', what);
  assert.equal(await written(showing(hers), trust, 'none'), 'evidence-missing', 'a writer that pins no listener');
  assert.equal(await written(showing(hers), 'none'), 'evidence-missing', 'a writer that was told of no cards');
});

test('a card that was good and is revoked, or another’s by now, stops the write in those words; lists that do not speak stop it too', async () => {
  const hers = await issuing.issue({ sid: alice.sid });
  const lists = async (revoked: readonly string[], until?: Date): Promise<CertificateTrust> => ({
    ...trust,
    lists: [await bank.list(), await issuing.list(revoked, { number: 2, ...(until ? { until } : {}) })].map(readRevocationList),
  });
  assert.equal(await written(showing(hers), await lists([readCertificate(hers.der).serial])), 'factor-revoked');
  assert.equal(await written(showing(await issuing.issue({ sid: bilal.sid }))), 'factor-revoked', 'the card of a colleague');
  assert.equal(
    await written(showing(await issuing.issue({ upn: 'alice.moreau@bank.test' }))),
    'factor-revoked',
    'by a user principal name alone',
  );
  assert.equal(await written(showing(hers), await lists([], new Date(Date.now() - 60_000))), 'evidence-missing', 'the list has run out');
  assert.equal(await written(showing(hers), { ...trust, lists: trust.lists.slice(1) }), 'evidence-missing', 'the root has no list');
  assert.equal(await written(showing(hers)), 'applied', 'and the same card, with nothing against it, is written once');
});
