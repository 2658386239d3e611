import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { findAccount } from '#activities/directory/find-account.ts';
import { DECISION_TAG } from '#domain/decision-statement.ts';
import { shortDigest } from '#evidence/card-signature.ts';
import { canonical } from '#evidence/jcs.ts';
import { trustPolicyFile } from '#ops/setup/log-keys.ts';
import { aCard } from '#test/support/card.ts';
import { rootAuthority } from '#test/support/card-authority.ts';
import { countersign } from '#test/support/countersign.ts';
import { privilegedRule } from '#test/support/policies.ts';
import { decide, freshPassword, inboxItem, proven, signedIn } from '#test/support/scenes.ts';
import type { DecisionCeremony } from '#test/support/signing.ts';
import { sealedAndPublished } from '#test/support/sealed.ts';
import { underPolicy } from '#test/support/under-policy.ts';
import { useWorld } from '#test/support/world.ts';

const world = useWorld();
const folder = mkdtempSync(join(tmpdir(), 'countersign-card-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const written = (name: string, content: string | Uint8Array): string => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};

test('a privileged reset is approved by one security key and one smart card whose key cannot leave it; it is written, and the bundle holds', async () => {
  const { stack, people, directory } = world;
  const ok = async (...args: string[]) => {
    const { code, stdout, stderr } = await countersign(stack.state, ...args);
    assert.equal(code, 0, `${args.join(' ')}: ${stdout}${stderr}`);
    return stdout;
  };
  const bank = await rootAuthority('Card Root');
  const issuing = await bank.authority('Card Issuing');
  await ok('cards', 'trust', '--root', written('root.pem', bank.pem), '--issuer', written('issuing.pem', issuing.pem));
  await ok('cards', 'lists', written('root.crl', await bank.list()), written('issuing.crl', await issuing.list()));
  assert.match((await countersign(stack.state, 'doctor')).stdout, /revocation lists of smart cards speak until/);

  const card = await aCard(folder);
  const quentin = await findAccount(directory, 'quentin.roux');
  assert.ok(quentin);
  await card.hold((await issuing.issue({ spki: card.spki, sid: quentin.sid, subject: 'CN=Quentin Roux' })).der);

  await underPolicy(stack, `rules:${privilegedRule}\n    decisions: [passkey, smart-card]\n`, async () => {
    const { who } = await proven(stack.run, people, 'samir.khan');
    const [manager, officer] = [await signedIn(stack.run, people, 'ines.duarte'), await signedIn(stack.run, people, 'quentin.roux')];
    const first = await inboxItem(manager, who.reference);
    assert.ok(first);
    assert.equal((await decide(manager, people, 'ines.duarte', first.id, 'approve')).status, 200);

    const second = await inboxItem(officer, who.reference);
    assert.ok(second);
    const stated = { decision: 'approve', reason: 'The manager and I have spoken' };
    const begin = async () => {
      const begun = await officer.post<DecisionCeremony>(`/api/v1/approvals/${second.id}/ceremony`, { ...stated, key: 'smart-card' });
      assert.equal(begun.status, 201, begun.text);
      return begun.body;
    };
    const { statement, shown, salt, reasonSalt, ceremony } = await begin();
    const file = { countersign: 'to-sign', v: 1, statement, shown, salt, reason: stated.reason, reasonSalt };
    const lying = await card.sign(written('lying.json', JSON.stringify({ ...file, shown: ['Nothing of importance.'] })));
    assert.notEqual(lying.code, 0);
    assert.match(lying.said, /What this file shows is not what it asks to sign/);
    const toSign = written('decision.json', JSON.stringify(file));
    const { code, said } = await card.sign(toSign);
    assert.equal(code, 0, said);
    for (const line of [...shown, 'Your decision: APPROVE.', stated.reason, shortDigest(DECISION_TAG, canonical(statement))])
      assert.ok(said.includes(line), line);
    const { algorithm, certificate, signature } = JSON.parse(readFileSync(`${toSign}.signed`, 'utf8')) as Record<string, string>;
    const by = { ceremony, salt, evidence: statement.evidence, algorithm, certificate, signature };
    const send = (body: object) => officer.post<{ code?: string }>(`/api/v1/approvals/${second.id}/decisions`, body);
    assert.equal((await send({ ...stated, decision: 'deny', card: by })).body.code, 'card-not-accepted', 'a yes told as a no');
    const answer = await send({ ...stated, card: by });
    assert.equal(answer.status, 200, answer.text);

    assert.equal((await who.until('choosing-password', 'refused')).state, 'choosing-password');
    const password = freshPassword();
    assert.equal((await who.choose(password)).status, 202);
    assert.equal((await who.until('done', 'refused')).state, 'done', 'the writer has checked both signatures by itself');
    assert.equal((await people.bind('samir.khan', password)).answer, 'ok');
    const bundle = join(folder, 'reset.zip');
    const reset = await world.resetId(who.reference);
    await sealedAndPublished(world, `reset/${reset}`);
    await ok('bundle', reset, '--out', bundle);
    assert.match(await ok('verify', bundle, '--policy', trustPolicyFile(stack.state)), /2 signatures.*cards under .*Card Root/s);
  });
});
