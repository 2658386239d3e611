import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import type { Client } from '@temporalio/client';
import type { Cast } from '#test/support/people.ts';
import { claimant, freshPassword, newSource, type Claimant } from '#test/support/scenes.ts';
import type { TestStack } from '#test/support/stack.ts';
import type { BenchAccounts } from './accounts.ts';
import type { Watch } from './samples.ts';

/**
 * One standard reset by HTTP, timed with the floor's step names. `tail` ends when the workflow does, as on the floor;
 * `told` is when the claimant's browser hears "done". The page is loaded first, as people do, and counted by itself:
 * it pays for the connection. Returns the workflow id.
 */
export async function ourReset(
  bench: { run: TestStack['run']; people: Cast; client: Client; accounts: BenchAccounts },
  { lap, set }: Watch,
): Promise<string> {
  const { account, recoveryCode, totp } = bench.accounts.take();
  const source = newSource();
  const who = claimant(bench.run, source);
  try {
    assert.equal((await who.http.get('/')).status, 200);
    lap('page');
    const begun = await who.name(account.name);
    lap('begin');
    assert.equal(begun.status, 201, begun.text);
    const proof = await who.prove(recoveryCode);
    lap('prove');
    assert.equal(proof.status, 200, proof.text);
    const factor = await who.factor(totp);
    lap('factor');
    assert.equal(factor.body.next?.step, 'choose-password', factor.text);
    const chosen = await who.choose(freshPassword());
    lap('choose');
    assert.equal(chosen.status, 202, chosen.text);
    const answeredAt = Date.now();
    await hearDone(bench.run, who, source);
    lap('told');
    const [row] = await bench.people.sql<{ id: string }>('SELECT id FROM reset WHERE reference = $1', [who.reference]);
    const handle = bench.client.workflow.getHandle(`reset/${row?.id}`);
    assert.equal(await handle.result(), 'done');
    const { closeTime } = await handle.describe();
    set('tail', (closeTime?.getTime() ?? Number.NaN) - answeredAt);
    return handle.workflowId;
  } finally {
    who.close();
    bench.accounts.giveBack(account);
  }
}

/** Listens to the reset's own stream, as the portal's page does, until it says that it is done. */
function hearDone(run: TestStack['run'], who: Claimant, source: string): Promise<void> {
  const base = new URL(run.portal);
  const cookie = [...who.http.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  return new Promise((resolve, reject) => {
    const ask = request({
      host: '127.0.0.1',
      port: base.port,
      servername: base.hostname,
      ca: readFileSync(run.ca),
      localAddress: source,
      agent: false,
      path: `/api/v1/portal/resets/${who.reference}/events`,
      headers: { host: base.host, cookie, accept: 'text/event-stream' },
    });
    ask.once('error', reject).once('response', (answer) => {
      let text = '';
      answer.on('data', (chunk: Buffer) => {
        text += chunk.toString('utf8');
        const ended = /"state":"(done|refused|expired|cancelled)"/.exec(text)?.[1];
        if (!ended) return;
        ask.destroy();
        if (ended === 'done') resolve();
        else reject(new Error(`the reset ended as ${ended}: ${text}`));
      });
      answer.once('error', reject).once('end', () => reject(new Error(`the stream ended with ${answer.statusCode}: ${text}`)));
    });
    ask.setTimeout(60_000, () => ask.destroy(new Error('no "done" within 60 s')));
    ask.end();
  });
}
