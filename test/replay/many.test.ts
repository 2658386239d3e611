import assert from 'node:assert/strict';
import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { factsOf } from '#activities/seal/exported-history.ts';
import { historyFile } from '#activities/seal/history-file.ts';
import { printEntries } from '#evidence/entry-bundle.ts';
import { appendLeaf, emptyFrontier, frontierRoot } from '#evidence/frontier.ts';
import { canonical } from '#evidence/jcs.ts';
import { leafHash } from '#evidence/merkle-tree.ts';
import { generateSigner, type Signer } from '#evidence/signer-key.ts';
import { growTiles } from '#evidence/tile-growth.ts';
import { entriesPath, TILE_WIDTH, tilePath } from '#evidence/tiles.ts';
import { parseTrustPolicy } from '#evidence/trust-policy.ts';
import { printVerifierKey, SIGNATURE } from '#evidence/verifier-key.ts';
import { decryptPayload, encryptPayload, keyIdOf } from '#history/cipher.ts';
import { keyOfRing } from '#history/offline.ts';
import { rewritePayloads, type HistoryJson } from '#history/payloads-in-json.ts';
import { signCheckpoint } from '#log/notary/head.ts';
import { replay } from '#ops/replay/replay.ts';
import { historyKeysFile } from '#ops/setup/history-keys.ts';
import { amount } from '#test/support/campaign.ts';
import { freshPassword, proven } from '#test/support/scenes.ts';
import { sealedAndPublished, type Sealed } from '#test/support/sealed.ts';
import { useWorld } from '#test/support/world.ts';
import { copyArchive } from './archive-copy.ts';

const HISTORIES = amount(60, 500);
const NAMESPACE = 'countersign';

let one: Sealed;
const world = useWorld(async (world) => {
  const { who } = await proven(world.stack.run, world.people, 'goran.petrovic');
  assert.equal((await who.choose(freshPassword())).status, 202);
  assert.equal((await who.until('done', 'refused')).state, 'done');
  one = await sealedAndPublished(world, `reset/${await world.resetId(who.reference)}`);
});
const folder = mkdtempSync(join(tmpdir(), 'countersign-many-'));
after(() => rmSync(folder, { recursive: true, force: true }));

/** The history of a reset that went just as this one, under ids of its own, encrypted under keys of its own. */
function another(history: HistoryJson): { history: HistoryJson; workflowId: string; runId: string } {
  const [reset, runId] = [randomUUID(), randomUUID()];
  const renamed = (text: string): string => text.replaceAll(one.workflowId.replace('reset/', ''), reset).replaceAll(one.runId, runId);
  const workflowId = renamed(one.workflowId);
  const { keys } = world.temporal;
  const from = { namespace: NAMESPACE, workflowId: one.workflowId };
  const to = { namespace: NAMESPACE, workflowId };
  const rewritten = rewritePayloads(JSON.parse(renamed(JSON.stringify(history))) as HistoryJson, (payload) => {
    const id = keyIdOf(payload) ?? '';
    const [old, fresh] = [keyOfRing(keys, from)(id), keyOfRing(keys, to)(id)];
    assert.ok(old && fresh);
    const clear = decryptPayload(payload, old, from);
    return encryptPayload({ ...clear, data: Buffer.from(renamed(Buffer.from(clear.data ?? []).toString('utf8'))) }, id, fresh, to);
  });
  return { history: rewritten, workflowId, runId };
}

function sealedText(workflowId: string, runId: string, history: HistoryJson, bytes: Buffer): string {
  const { lastEvent, ...facts } = factsOf(history);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return canonical({
    v: 1,
    type: 'history.sealed',
    outcome: 'success',
    t: { wall: new Date().toISOString() },
    wf: { ns: NAMESPACE, id: workflowId, run: runId },
    do: { sha256, ...facts, last: lastEvent },
  });
}

/** A log of these leaves as files, signed; this one has no witnesses. */
function writeLog(tiles: string, signer: Signer, leaves: readonly string[]): void {
  const write = (path: string, bytes: string | Buffer): void => {
    mkdirSync(dirname(join(tiles, path)), { recursive: true });
    writeFileSync(join(tiles, path), bytes);
  };
  const frontier = emptyFrontier();
  const hashes = leaves.map((leaf) => leafHash(leaf));
  for (const hash of hashes) appendLeaf(frontier, hash);
  for (const { tile, bytes } of growTiles(0n, hashes, () => assert.fail('a new log reads no tile'))) write(tilePath(tile), bytes);
  for (let at = 0; at * TILE_WIDTH < leaves.length; at++) {
    const part = leaves.slice(at * TILE_WIDTH, (at + 1) * TILE_WIDTH).map((leaf) => Buffer.from(leaf));
    write(entriesPath({ index: BigInt(at), width: part.length }), printEntries(part));
  }
  write('checkpoint', signCheckpoint(signer, BigInt(leaves.length), frontierRoot(frontier)));
}

test(`${HISTORIES} histories are checked and replayed, and the one among them that was edited is the one that is named`, async () => {
  const copy = copyArchive(world);
  after(copy.remove);
  const histories = join(folder, 'histories');
  const base = copy.read(one.runId);
  const all = Array.from({ length: HISTORIES }, () => another(base));
  const leaves = all.map(({ history, workflowId, runId }) => {
    const bytes = Buffer.from(JSON.stringify(history));
    const file = historyFile(histories, runId);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, bytes);
    return sealedText(workflowId, runId, history, bytes);
  });
  const signer = generateSigner('log.bank.test/many', SIGNATURE);
  const policy = parseTrustPolicy(`log ${printVerifierKey(signer.verifier)}\nquorum none\n`);
  const tilesFolder = join(folder, 'tiles');
  writeLog(tilesFolder, signer, leaves);
  const keysFile = historyKeysFile(world.stack.state, 'worker');
  const sources = { ...copy.sources, policy, tilesFolder, historiesFolder: histories, keysFile };

  const begun = performance.now();
  const checked = await replay(sources, 'all');
  const seconds = (performance.now() - begun) / 1000;
  assert.deepEqual(checked.findings, []);
  assert.deepEqual([checked.histories, checked.replayed], [HISTORIES, HISTORIES]);
  console.log(
    `${HISTORIES} histories of ${base.events.length} events checked and replayed in ${seconds.toFixed(1)} s, ${((seconds * 1000) / HISTORIES).toFixed(0)} ms each (goal: 500 in 20 s on two cores)`,
  );

  const victim = all[Math.floor(HISTORIES / 2)] ?? assert.fail('there is one');
  const file = historyFile(histories, victim.runId);
  writeFileSync(file, JSON.stringify({ events: victim.history.events.slice(0, -1) }));
  const found = await replay(sources, 'all');
  assert.ok(found.findings.length > 0);
  assert.deepEqual([...new Set(found.findings.map(({ of }) => of))], [victim.workflowId]);
});
