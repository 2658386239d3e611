import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Attestation, CardRecord } from '#domain/attestation.ts';
import { readCertificate } from '#evidence/certificate.ts';
import type { CertificateTrust } from '#evidence/certificate-path.ts';
import { readRevocationList } from '#evidence/revocation-list.ts';
import { SERVER_AUTHENTICATION, type CardAuthority, type Issued } from '../support/card-authority.ts';
import { cardTrust } from '../support/card-trust.ts';
import { demoPolicyWith, privilegedRule } from '../support/policies.ts';
import { signedByCard } from '../support/signed-record.ts';
import { writerBench } from '../write/workbench.ts';

/**
 * Worker and verifier are taken over together: whatever a card did or did not sign, the verifier's key says that it was judged
 * and found good. The writer judges each card again, by its own roots and lists and by what the directory tells itself.
 */
const bench = await writerBench(demoPolicyWith(`rules:${privilegedRule}\n    decisions: [passkey, smart-card]\n`));
const { bank, stranger, issuing, sister, strange, lists: current, trust } = await cardTrust();
const [ines, quentin] = [await bench.bank.account('ines.duarte'), await bench.bank.account('quentin.roux')];
const said = { policy: { sha256: bench.policy, rule: 'privileged' } };
const HOUR_MS = 3_600_000;

/** What the verifier signs about the manager's decision: her card, this way to that root, lists that spoke. */
const byCard =
  (card: Issued, [issuer, root]: [CardAuthority, CardAuthority], change: (record: CardRecord) => Partial<CardRecord> = () => ({})) =>
  (honest: Attestation[]): Attestation[] =>
    honest.map((one) => {
      if (one.kind !== 'decision' || one.stage !== 0) return one;
      const spoke = {
        number: '1',
        thisUpdate: new Date(Date.now() - HOUR_MS).toISOString(),
        nextUpdate: new Date(Date.now() + HOUR_MS).toISOString(),
      };
      const judged = {
        path: [issuer, root].map(({ der }) => der.toString('base64')),
        lists: current.map((list) => ({ sha256: readRevocationList(list).sha256, ...spoke })),
      };
      const signed = signedByCard(one, card, judged, said);
      return signed.card ? { ...signed, card: { ...signed.card, ...change(signed.card) } } : signed;
    });

async function written(statements: (honest: Attestation[]) => Attestation[], own: CertificateTrust | undefined = trust): Promise<string> {
  const before = await bench.versions();
  const writer = await bench.writer('privileged', { cards: () => own });
  const { asked } = await bench.scene('rosa.klein', { approvals: ['ines.duarte', 'quentin.roux'], statements });
  const answer = await writer.writePassword(asked);
  assert.deepEqual(await bench.changedSince(before), answer.outcome === 'applied' ? ['rosa.klein'] : []);
  return answer.outcome === 'refused' ? answer.code : answer.outcome;
}

test('what no card of the approver signed under an authority that this writer trusts counts for nothing, whatever the verifier says', async () => {
  const hers = await issuing.issue({ sid: ines.sid });
  const way: [CardAuthority, CardAuthority] = [issuing, bank];
  const lies: [string, (honest: Attestation[]) => Attestation[]][] = [
    ['an authority of the attacker, of the same name', byCard(await strange.issue({ sid: ines.sid }), [strange, stranger])],
    ['the attacker’s card, said to be issued by the bank', byCard(await strange.issue({ sid: ines.sid }), way)],
    ['an authority of the bank that issues no cards', byCard(await sister.issue({ sid: ines.sid }), [sister, bank])],
    ['a certificate for a server', byCard(await issuing.issue({ sid: ines.sid, purposes: [SERVER_AUTHENTICATION] }), way)],
    ['a certificate that had run out', byCard(await issuing.issue({ sid: ines.sid, until: new Date(Date.now() - HOUR_MS) }), way)],
    ['the card of another approver', byCard(await issuing.issue({ sid: quentin.sid }), way)],
    ['the card of nobody here', byCard(await issuing.issue({ sid: `${ines.sid.replace(/\d+$/, '')}99999` }), way)],
    ['a card that names her by her user principal name alone', byCard(await issuing.issue({ upn: 'ines.duarte@bank.test' }), way)],
    ['a signature over another decision', byCard(hers, way, ({ text }) => ({ text: text.replace('"approve"', '"deny"') }))],
  ];
  for (const [what, statements] of lies) assert.equal(await written(statements), 'evidence-missing', what);
});

test('a card that was revoked since, lists that ran out and roots that were taken away stop the write, whatever was good before', async () => {
  const hers = await issuing.issue({ sid: ines.sid });
  const statements = byCard(hers, [issuing, bank]);
  const lists = async (revoked: readonly string[], until?: Date): Promise<CertificateTrust> => ({
    ...trust,
    lists: [await bank.list(), await issuing.list(revoked, { number: 2, ...(until ? { until } : {}) })].map(readRevocationList),
  });
  const { serial } = readCertificate(hers.der);
  const ranOut = new Date(Date.now() - 60_000);
  const now: [string, CertificateTrust | undefined][] = [
    ['revoked by a list that this writer was brought after the decision', await lists([serial])],
    ['the list of the issuing authority ran out', await lists([], ranOut)],
    ['no list of the root', { ...trust, lists: trust.lists.slice(1) }],
    ['the issuing authority counts no more', { ...trust, issuers: [readCertificate(sister.der)] }],
  ];
  for (const [what, own] of now) assert.equal(await written(statements, own), 'evidence-missing', what);
  const unset = await bench.writer('privileged');
  const { asked } = await bench.scene('rosa.klein', { approvals: ['ines.duarte', 'quentin.roux'], statements });
  const answer = await unset.writePassword(asked);
  assert.equal(answer.outcome === 'refused' && answer.code, 'evidence-missing', 'a writer that was told of no cards');
  assert.equal(await written(statements), 'applied', 'and the same card, with nothing against it, is written once');
});
