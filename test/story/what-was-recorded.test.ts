import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isTerminal, mayMove, type ResetState } from '#domain/reset-state.ts';
import { canonical, type Json } from '#evidence/jcs.ts';
import { leafHash } from '#evidence/merkle-tree.ts';
import { historyText } from '#test/support/history-text.ts';
import { claimant, freshPassword, proven } from '#test/support/scenes.ts';
import { useWorld } from '#test/support/world.ts';

/** Looks at all that the stack has recorded, by this file and by every file that ran on it before. */
const world = useWorld(async ({ stack, people }) => {
  const { who } = await proven(stack.run, people, 'nadia.rahman');
  assert.equal((await who.choose(freshPassword())).status, 202);
  assert.equal((await who.until('done', 'refused')).state, 'done');
  const left = claimant(stack.run);
  await left.name('nadia.rahman');
  await left.cancel();
});

interface Row {
  reset_id: string;
  state: ResetState | null;
  type: string;
  outcome: string;
  body: string;
  hash: Buffer;
}
interface Body {
  wseq: string;
  prev: string | null;
  do?: { state?: ResetState; ordinal?: number };
}

/** What a reset may have done, one to each operation. */
const DONE_BY = ['write.verified', 'write.unlocked', 'factors.replaced'];

async function byReset(): Promise<Map<string, { row: Row; body: Body }[]>> {
  const rows = await world.people.sql<Row>(
    `SELECT l.reset_id, l.type, l.outcome, l.body, l.hash, r.state FROM leaf l LEFT JOIN reset r ON r.id = l.reset_id WHERE l.reset_id IS NOT NULL ORDER BY l.reset_id, l.seq`,
  );
  const resets = new Map<string, { row: Row; body: Body }[]>();
  for (const row of rows) resets.set(row.reset_id, [...(resets.get(row.reset_id) ?? []), { row, body: JSON.parse(row.body) as Body }]);
  return resets;
}

test('the leaves of each reset are canonical and chained without a gap', async () => {
  let leaves = 0;
  for (const [reset, chain] of await byReset()) {
    let previous: Buffer | undefined;
    for (const [index, { row, body }] of chain.entries()) {
      assert.equal(canonical(JSON.parse(row.body) as Json), row.body, `${reset}: RFC 8785`);
      assert.deepEqual(leafHash(row.body), row.hash, `${reset}: hash`);
      assert.equal(body.wseq, String(index + 1), `${reset}: sequence`);
      assert.equal(body.prev, previous ? previous.toString('base64') : null, `${reset}: link`);
      previous = row.hash;
      leaves += 1;
    }
  }
  assert.ok(leaves >= 20);
  console.log(`${leaves} leaves in chains`);
});

test('every move that was ever recorded is one of the table, and none comes after the end', async () => {
  for (const [reset, chain] of await byReset()) {
    let state: ResetState = 'proving';
    for (const { body } of chain) {
      const next = body.do?.state;
      if (!next || next === state) continue;
      assert.ok(mayMove(state, next), `${reset}: from ${state} to ${next}`);
      state = next;
    }
  }
});

test('every write that was begun has its result, and nothing was done without an intent before it', async () => {
  for (const [reset, chain] of await byReset()) {
    const types = chain.map(({ row }) => row.type);
    const begun = types.filter((type) => type === 'write.started').length;
    const ended = types.filter((type) => type === 'write.result' || type === 'write.settled').length;
    const state = chain[0]?.row.state;
    if (state && isTerminal(state)) assert.ok(ended >= begun, `${reset}: ${begun} begun, ${ended} ended`);
    if (begun > 0)
      assert.ok(types.indexOf('intent') >= 0 && types.indexOf('intent') < types.indexOf('write.started'), `${reset}: intent first`);
    const seen = new Set(chain.flatMap(({ row }) => (DONE_BY.includes(row.type) && row.outcome === 'success' ? [row.type] : [])));
    if (state === 'done') assert.equal(seen.size, 1, `${reset}: done means verified, or unlocked, or new factors`);
  }
});

test('no leaf and no history of a reset holds a name', async () => {
  const names = ['moreau', 'osman', 'rahman', 'bank.test', 'alice', 'nadia'];
  const rows = await world.people.sql<{ body: string }>('SELECT body FROM leaf');
  for (const { body } of rows) for (const name of names) assert.ok(!body.toLowerCase().includes(name), body);
  const [last] = await world.people.sql<{ id: string }>(`SELECT id FROM reset WHERE state = 'done' ORDER BY started_at DESC LIMIT 1`);
  assert.ok(last);
  const text = historyText(await world.temporal.history(last.id)).toLowerCase();
  assert.ok(text.includes('"step":"choose-password"'), 'the text is readable');
  for (const name of names) assert.ok(!text.includes(name), `${name} is in a history`);
});
