import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, beforeEach, test } from 'node:test';
import { printCheckpoint } from '#evidence/checkpoint.ts';
import { parseTrustPolicy } from '#evidence/trust-policy.ts';
import { generateSigner } from '#evidence/signer-key.ts';
import { COSIGNATURE } from '#evidence/verifier-key.ts';
import { printNote, signText } from '#evidence/signed-note.ts';
import { cosignatureResponse, parseAddCheckpoint, SIZE_CONTENT_TYPE } from '#evidence/witness-protocol.ts';
import { parseNote } from '#evidence/signed-note.ts';
import type { Notary } from '#log/notary/run.ts';
import { Behind } from '#log/notary/witnesses.ts';
import { useDatabase } from '#test/support/database.ts';
import { useLog } from './a-log.ts';
import { consistent, published } from './what-a-stranger-reads.ts';

/** One witness of three is the attacker's, with its key, and answers over HTTP whatever it likes. It may stop a log, never bend it. */
const database = await useDatabase();
const log = await useLog(database);
type Lie = (request: IncomingMessage, response: ServerResponse, body: string) => void;
let lie: Lie;
const liar = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => lie(request, response, Buffer.concat(chunks).toString()));
});
await new Promise<void>((resolve) => liar.listen(0, '127.0.0.1', resolve));
after(() => {
  liar.closeAllConnections();
  liar.close();
});
const policy = parseTrustPolicy(log.policyText({ w3: `http://127.0.0.1:${(liar.address() as AddressInfo).port}/` }));

const says =
  (status: number, body: string, type = 'text/plain'): Lie =>
  (_, response) =>
    void response.writeHead(status, { 'content-type': type }).end(body);
const cosigns: Lie = (_, response, body) => {
  const { text } = parseNote(parseAddCheckpoint(body).checkpoint);
  const signer = log.witnesses[2]?.signer ?? generateSigner('nobody.test', COSIGNATURE);
  response.end(cosignatureResponse(text, signer, BigInt(Math.floor(Date.now() / 1000))));
};

let notary: Notary;
beforeEach(async () => {
  for (const witness of log.witnesses) await witness.stop();
  for (const witness of log.witnesses) await witness.start();
  lie = cosigns;
  notary = await log.open({ policy });
  await log.settle(notary);
});

/** Writes and publishes some leaves while it lies; answers how long that took. */
async function goesOn(): Promise<number> {
  const began = Date.now();
  const ids = await log.write(3);
  await log.settle(notary);
  const took = Date.now() - began;
  assert.equal(await log.db.logEntry.count({ where: { leafId: { in: ids } } }), 3);
  await consistent(log);
  return took;
}

const endless: Lie = (_, response) => {
  response.on('error', () => {});
  const more = (): void => {
    while (response.writable && response.write(Buffer.alloc(65_536, 'a')));
  };
  response.on('drain', more);
  more();
};

const LIES: Record<string, Lie> = {
  'never answers': () => {},
  'begins an answer and never ends it': (_, response) => void response.writeHead(200).write('— '),
  'answers without end': endless,
  'closes the connection': (request) => void request.socket.destroy(),
  'answers another language': says(200, '<html>'),
  'sends itself to somewhere else': (_, response) => void response.writeHead(307, { location: 'http://127.0.0.1:9/' }).end(),
  'says that it has seen a smaller tree': says(409, '0\n', SIZE_CONTENT_TYPE),
  'says that it has seen a larger tree, and shows none': says(409, '999999999999\n', SIZE_CONTENT_TYPE),
  'says that it has seen another history, and shows none': says(422, 'no\n'),
  'answers with the cosignature of an older checkpoint': (_, response) => {
    const text = printCheckpoint({ origin: log.signer.verifier.name, size: 1n, root: Buffer.alloc(32) });
    response.end(cosignatureResponse(text, log.witnesses[2]?.signer ?? log.signer, 1n));
  },
};

for (const [what, told] of Object.entries(LIES)) {
  test(`a witness that ${what} does not hold up a log that has its quorum without it`, async () => {
    await goesOn();
    lie = told;
    await goesOn();
    assert.ok(Math.min(await goesOn(), await goesOn()) < 2000, 'it is not waited for');
  });
}

test('a witness that says now this and now that leaves no more than a few leaves a minute', async () => {
  let turn = 0;
  lie = (...all) => (turn++ % 2 ? says(500, '') : cosigns)(...all);
  const before = await log.db.leaf.count({ where: { type: 'witness.seen' } });
  for (let round = 0; round < 30; round++) {
    await log.write(1);
    await notary.turn();
  }
  await log.settle(notary);
  assert.ok(turn > 20);
  assert.ok((await log.db.leaf.count({ where: { type: 'witness.seen' } })) - before <= 6);
});

test("a larger tree with the log's own signature is proof: the notary ends, though two others would cosign", async () => {
  const text = printCheckpoint({ origin: log.signer.verifier.name, size: 10_000n, root: Buffer.alloc(32, 7) });
  const signed = printNote({ text, signatures: [signText(text, log.signer)] });
  const monitored = `/${createHash('sha256').update(log.signer.verifier.name).digest('hex')}/checkpoint`;
  lie = (request, response, body) =>
    (request.url === monitored ? says(200, signed) : says(409, '10000\n', SIZE_CONTENT_TYPE))(request, response, body);
  const { checkpoint } = published(log);
  await assert.rejects(log.open({ policy }), Behind, 'at the start everyone is heard');
  assert.equal(published(log).checkpoint.size, checkpoint.size);
  await assert.rejects(async () => {
    for (let round = 0; round < 20; round++) {
      await log.write(1);
      await notary.turn();
    }
  }, Behind);
});

test('with one other witness away, a liar stops the log; nothing is lost, and it goes on when the honest one is back', async () => {
  lie = says(409, '999999999999\n', SIZE_CONTENT_TYPE);
  await log.witnesses[0]?.stop();
  const { checkpoint } = published(log);
  const ids = await log.write(2);
  await assert.rejects(notary.turn(), Behind);
  await assert.rejects(log.open({ policy }), Behind);
  assert.equal(published(log).checkpoint.size, checkpoint.size);
  await log.witnesses[0]?.start();
  notary = await log.open({ policy });
  await log.settle(notary);
  assert.equal(await log.db.logEntry.count({ where: { leafId: { in: ids } } }), 2);
  await consistent(log);
});

test('a slow witness that the quorum needs is waited for, and asked again as soon as it is free', async () => {
  lie = (request, response, body) => void setTimeout(() => cosigns(request, response, body), 300);
  await goesOn();
  await log.witnesses[0]?.stop();
  await log.write(1);
  assert.notEqual(await notary.turn(), 'unwitnessed');
  await goesOn();
});
