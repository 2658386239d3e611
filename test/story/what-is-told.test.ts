import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { leafHash } from '#evidence/merkle-tree.ts';
import { readCef } from '#test/support/read-cef.ts';
import { anAuthority } from '#test/support/certificates.ts';
import { startForwarder, type ForwarderProcess } from '#test/support/forwarder.ts';
import { until } from '#test/support/holds.ts';
import { aRsyslog, type Rsyslog, type Understood } from '#test/support/rsyslog.ts';
import { claimant, protectedReset } from '#test/support/scenes.ts';
import { useWorld } from '#test/support/world.ts';

/** Real resets on a real stack, told to a real rsyslog: what it understood, laid beside the leaves in the database. */
const home = mkdtempSync('/tmp/countersign-told-');
after(() => rmSync(home, { recursive: true, force: true }));
let leaves: { index: number; body: string }[];
let begin: number;

const world = useWorld(async ({ stack, people }) => {
  const [last] = await people.sql<{ next: number }>('SELECT coalesce(max(index) + 1, 0)::int AS next FROM log_entry');
  begin = last?.next ?? 0;
  await protectedReset(stack.run, people);
  const left = claimant(stack.run);
  await left.name('rosa.klein');
  await left.cancel();
});

async function told(format: 'syslog' | 'cef'): Promise<Map<number, Understood>> {
  const bank = await anAuthority(home, `bank-${format}`);
  const rsyslog: Rsyslog = await aRsyslog({ folder: join(home, format), ca: bank.ca, own: await bank.issue('localhost') });
  await rsyslog.start();
  const cursor = join(home, `${format}.json`);
  const args = [
    '--to',
    `localhost:${rsyslog.port}`,
    '--ca',
    bank.ca,
    '--cursor',
    cursor,
    '--hostname',
    'forwarder.bank.test',
    '--since',
    String(begin),
  ];
  const forwarder: ForwarderProcess = startForwarder(world.stack.state, [...args, '--format', format]);
  const byIndex = (): Map<number, Understood> =>
    new Map(rsyslog.received().map((event) => [Number(event.sd['countersign@32473']?.['index']), event]));
  try {
    leaves = await world.people.sql<{ index: number; body: string }>(
      'SELECT e.index::int AS index, l.body FROM log_entry e JOIN leaf l ON l.id = e.leaf_id WHERE e.index >= $1 ORDER BY e.index',
      [begin],
    );
    await until(`all ${leaves.length} leaves`, () => leaves.every(({ index }) => byIndex().has(index))).catch((error: unknown) => {
      throw new Error(`${String(error)}\n${forwarder.words()}`);
    });
    return byIndex();
  } finally {
    await forwarder.kill('SIGTERM');
    await rsyslog.stop('SIGTERM');
  }
}

interface Body {
  id: string;
  type: string;
  outcome: string;
  reason?: string;
  t: { wall: string };
  by: { process: string; release: string };
  wf?: { id: string; run: string | null };
  who?: { actor: { type: string; sid?: string | null; guid?: string; name?: string; uid?: string } };
  target?: { sid?: string | null; guid?: string; privileged?: boolean };
  src?: { ip_c: string };
  policy?: { sha256: string; rule: string | null };
}

/** The members that a message has to carry, named as its parameters are; absent ones are left out. */
function expected({ body, index }: { body: string; index: number }): Record<string, string> {
  const leaf = JSON.parse(body) as Body;
  const actor = leaf.who?.actor;
  const prefix = actor?.type === 'service' || actor?.type === 'operator' ? `${actor.type}:` : '';
  const all = {
    log: 'log.countersign.test/evidence',
    index: String(index),
    leaf: leafHash(body).toString('base64'),
    id: leaf.id,
    type: leaf.type,
    outcome: leaf.outcome,
    reason: leaf.reason,
    wf: leaf.wf?.id,
    run: leaf.wf?.run,
    actor: actor && actor.type !== 'claimant' ? `${prefix}${actor.sid ?? actor.guid ?? actor.name ?? actor.uid}` : undefined,
    actor_kind: actor?.type,
    target: leaf.target?.sid ?? leaf.target?.guid,
    class: leaf.target?.privileged === undefined ? undefined : leaf.target.privileged ? 'protected' : 'standard',
    source: leaf.src?.ip_c,
    policy: leaf.policy?.sha256,
    rule: leaf.policy?.rule,
  };
  return Object.fromEntries(Object.entries(all).filter((pair): pair is [string, string] => typeof pair[1] === 'string'));
}

test('rsyslog understands of every leaf exactly what the leaf says, and no name', async () => {
  const events = await told('syslog');
  const types = new Set<string>();
  for (const { index, body } of leaves) {
    const event = events.get(index);
    assert.ok(event);
    const { type, t, by } = JSON.parse(body) as Body;
    types.add(type);
    assert.deepEqual(event.sd['countersign@32473'], expected({ index, body }), body);
    assert.equal(event.time.replace('+00:00', 'Z'), t.wall);
    assert.deepEqual([event.hostname, event.app, event.procid, event.msgid], ['forwarder.bank.test', 'countersign', by.process, type]);
    assert.deepEqual(event.sd['origin'], { software: 'Countersign', swversion: by.release });
    assert.equal(event.sd['timequality']?.['tzknown'], '1');
    assert.match(event.msg.replace(/^\uFEFF/, ''), /^[A-Z].*\.$/);
    assert.ok(Number(event.pri) >= 107 && Number(event.pri) <= 109);
    const text = JSON.stringify(event).toLowerCase();
    for (const name of ['klein', 'duarte', 'roux', 'rosa', 'ines', 'quentin']) assert.ok(!text.includes(name), text);
  }
  for (const type of [
    'reset.requested',
    'proof.checked',
    'factor.checked',
    'approval.decided',
    'intent',
    'write.result',
    'write.verified',
    'sign-in.factor',
  ])
    assert.ok(types.has(type), type);
  console.log(`${leaves.length} leaves of ${types.size} types`);
});

test('as CEF every leaf is one line in the message, with the same index and hash', async () => {
  const events = await told('cef');
  for (const { index, body } of leaves) {
    const { header, extension } = readCef(events.get(index)?.msg.trimStart() ?? '');
    const { type, target, t } = JSON.parse(body) as Body;
    assert.equal(header[4], type);
    assert.equal(extension.get('externalId'), String(index));
    assert.equal(extension.get('cs1'), leafHash(body).toString('base64'));
    assert.equal(extension.get('duid'), target?.sid ?? target?.guid);
    assert.equal(extension.get('rt'), String(Date.parse(t.wall)));
  }
});
