import assert from 'node:assert/strict';
import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { DECISION_TAG, decisionStatement, shownText } from '#domain/decision-statement.ts';
import { isCardSignature, shortDigest, type CardAlgorithm } from '#evidence/card-signature.ts';
import { readCertificate } from '#evidence/certificate.ts';
import { canonical } from '#evidence/jcs.ts';
import { commitment } from '#evidence/leaf.ts';
import { aCard } from '#test/support/card.ts';
import { rootAuthority } from '#test/support/card-authority.ts';

const folder = mkdtempSync(join(tmpdir(), 'countersign-card-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const card = await aCard(folder);
const bank = await rootAuthority('Card Root');
await card.hold((await bank.issue({ spki: card.spki })).der);

const salt = Buffer.alloc(16, 7);
const shown = ['Reset the password of Rosa Klein.', 'The account is protected.'];
const reason = 'I know her voice';
const statement = decisionStatement({
  approval: randomUUID(),
  reset: randomUUID(),
  run: randomUUID(),
  account: randomUUID(),
  operation: 'new-password',
  approver: randomUUID(),
  onBehalfOf: null,
  stage: 0,
  decision: 'deny',
  reason: createHash('sha256').update(`salt\n${reason}`).digest('hex'),
  policy: { sha256: '0', rule: 'privileged' },
  shown: commitment(shownText(shown), salt),
  nonce: randomUUID(),
  notAfter: new Date(Date.now() + 900_000).toISOString(),
  evidence: null,
});
const honest = { countersign: 'to-sign', v: 1, statement, shown, salt: salt.toString('base64'), reason, reasonSalt: 'salt' };
const written = (content: object): string => {
  const file = join(folder, `${randomUUID()}.json`);
  writeFileSync(file, JSON.stringify(content));
  return file;
};

test('a card whose key cannot leave it signs what its owner has read, and the PIN is asked by the terminal', async () => {
  const file = written(honest);
  const { code, said } = await card.sign(file);
  assert.equal(code, 0, said);
  const text = canonical(statement);
  for (const line of [...shown, 'Your decision: DENY.', reason, shortDigest(DECISION_TAG, text)]) assert.ok(said.includes(line), line);
  const made = JSON.parse(readFileSync(`${file}.signed`, 'utf8')) as {
    nonce: string;
    algorithm: CardAlgorithm;
    certificate: string;
    signature: string;
  };
  assert.equal(made.nonce, statement.nonce);
  const { key } = readCertificate(Buffer.from(made.certificate, 'base64'));
  const signature = Buffer.from(made.signature, 'base64url');
  assert.equal(isCardSignature(key, { algorithm: made.algorithm, tag: DECISION_TAG, text, signature }), true);
});

test('a file that shows anything else than it asks to sign reaches no card, and a wrong PIN signs nothing', async () => {
  for (const lie of [
    { shown: ['Nothing of importance.'] },
    { reason: 'another' },
    { statement: { ...statement, decision: 'approve', more: 1 } },
    { v: 2 },
  ]) {
    const file = written({ ...honest, ...lie });
    const { code, said } = await card.sign(file);
    assert.notEqual(code, 0);
    assert.doesNotMatch(said, /PIN:/, JSON.stringify(lie));
    assert.equal(existsSync(`${file}.signed`), false);
  }
  const file = written(honest);
  const { code, said } = await card.sign(file, '000000');
  assert.notEqual(code, 0);
  assert.match(said, /The card did not sign/);
  assert.equal(existsSync(`${file}.signed`), false);
});
