import assert from 'node:assert/strict';
import { createPublicKey, generateKeyPairSync, randomUUID, type KeyObject } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Agent } from '#device-agent/agent.ts';
import { hear } from '#device-agent/hear.ts';
import { identityIn } from '#device-agent/identity.ts';
import { latch } from '#device-agent/latch.ts';
import { listen } from '#device-agent/listen.ts';
import { openMemory } from '#device-agent/memory.ts';
import { sendOutbox } from '#device-agent/outbox.ts';
import type { Portal } from '#device-agent/portal.ts';
import { readSettings } from '#device-agent/settings.ts';
import { openStatement, signStatement, TAGS, type Signed } from '#device-agent/statement.ts';

/**
 * What a device is told in a day, and much more, in one fast run through the agent's own modules: stream, judgement, memory on the disk,
 * acknowledgement, outbox. Counts and bytes are judged, and no time.
 */
const NOTICES = 1600;
/** The answers of 500 notices are kept: from here on nothing has a reason to grow. */
const WARM = 800;
const A_STREAM = 150;
/** One in so many is forged, one comes twice. */
const [FORGED, TWICE] = [4, 7];
const ACCOUNTS = 30;
const MOST_GROWTH = 4 * 1024 * 1024;
const MOST_ON_DISK = 1024 * 1024;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
const heap = (): number => {
  collect();
  collect();
  return process.memoryUsage().heapUsed;
};

/** Thousands of flushes: in memory where there is such a place, since nobody pulls the plug here. */
const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'day-'));
after(() => rmSync(folder, { recursive: true }));
const settingsFile = join(folder, 'settings.json');
writeFileSync(settingsFile, JSON.stringify({ portal: 'https://portal.bank.test', state: folder }));
const signer = generateKeyPairSync('ed25519').privateKey;
const forger = generateKeyPairSync('ed25519').privateKey;
const DEVICE = randomUUID();
const START = Date.now() - 86_400_000;

function eventOf(at: number, key: KeyObject): { id: string; text: string } {
  const id = randomUUID();
  const notice = {
    notice: id,
    device: DEVICE,
    account: { guid: randomUUID(), sid: `S-1-5-21-1-2-3-${at % ACCOUNTS}`, name: `account-${at % ACCOUNTS}` },
    reset: randomUUID(),
    writtenAt: new Date(START + at * 30_000).toISOString(),
    verb: 'invalidate',
    endSessions: false,
    issuedAt: new Date(START + at * 30_000).toISOString(),
    expiresAt: new Date(Date.now() + 86_400_000).toISOString(),
  };
  const data = JSON.stringify({ ...signStatement(TAGS.notice, notice, key), key: 'key' });
  return { id, text: `event: notice\nid: ${id}\ndata: ${data}\n\n` };
}

test(`${NOTICES} notices leave neither the heap nor the file of the agent larger than ${WARM} did`, async () => {
  const identity = identityIn(folder, 'laptop-1.bank.test');
  const memory = openMemory(folder);
  memory.change((draft) => {
    draft.device = DEVICE;
    draft.portalState = 'active';
    draft.noticeKeys = [{ id: 'key', publicKey: publicOf(signer) }];
  });
  const ending = new AbortController();
  const { signal } = ending;
  const [posted, wake] = [latch(signal), latch(signal)];
  const said = { ended: 0, cannot: 0 };
  const heaps: number[] = [];
  let told = 0;

  async function* stream(): AsyncGenerator<Uint8Array> {
    for (let on = 0; on < A_STREAM && told < NOTICES; on++, told++) {
      const { text } = eventOf(told, told % FORGED === 0 ? forger : signer);
      yield Buffer.from(text);
      if (told % TWICE === 0) yield Buffer.from(text);
      // What is not answered yet is kept for good reason, and is not what is looked for.
      while (memory.now.outbox.length > 0) await setImmediate();
      if (told >= WARM && told % 200 === 0) heaps.push(heap());
    }
    if (told >= NOTICES) ending.abort();
    wake.open();
  }
  const portal: Portal = {
    async ask(method, _path, body) {
      if (method === 'GET') return { device: DEVICE, state: 'active', settings: { verb: 'invalidate', reportEvery: 900 } };
      const ack = openStatement(TAGS.ack, body as Signed, identity.key) as { stage: string } | undefined;
      if (ack?.stage === 'nothing-cached') said.ended += 1;
      if (ack?.stage === 'cannot') said.cannot += 1;
      return { state: ack?.stage };
    },
    open: async () => stream(),
    clockAhead: () => 0,
    close: () => {},
  };
  const agent: Agent = { settings: readSettings(settingsFile), identity, memory, portal, log: () => {}, post: posted.open };
  const refused = new Set<string>();
  await Promise.all([listen(agent, { wake, signal, onNotice: (event) => hear(agent, event, refused) }), sendOutbox(agent, posted, signal)]);

  assert.equal(told, NOTICES);
  const isForged = (at: number) => at % FORGED === 0;
  const good = Array.from({ length: NOTICES }, (_, at) => at).filter((at) => !isForged(at));
  // Here no account is cached, so each is at its end at once; one that comes again is answered again.
  assert.equal(said.ended, good.length + good.filter((at) => at % TWICE === 0).length);
  assert.equal(said.cannot, NOTICES - good.length, 'a forged one is refused once');
  assert.deepEqual([memory.now.tasks, memory.now.outbox], [{}, []]);
  const growth = Math.max(...heaps.slice(1)) - (heaps[0] ?? 0);
  assert.ok(growth < MOST_GROWTH, `the heap grew by ${growth} bytes: ${heaps.join(', ')}`);
  const { size } = statSync(join(folder, 'memory.json'));
  assert.ok(size < MOST_ON_DISK, `${size} bytes`);
});

function publicOf(key: KeyObject): string {
  return createPublicKey(key).export({ format: 'der', type: 'spki' }).toString('base64');
}
