import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { freePort, freePortFrom, holderOf, isFree, requirePort } from '#ops/stack/ports.ts';

test('a taken port is refused in a sentence that names who holds it and the option that helps', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  assert.equal(await isFree(port), false);
  assert.match(holderOf(port) ?? '', new RegExp(`process ${process.pid}\\)`));
  await assert.rejects(requirePort(port, 'portal', 'npm start -- --portal-port 9443'), (error: Error) => {
    assert.match(
      error.message,
      new RegExp(`^Port ${port} for the portal is taken by .+\\. End that, or start with npm start -- --portal-port 9443\\.$`),
    );
    assert.equal(error.constructor.name, 'Sentence');
    return true;
  });
  assert.notEqual(await freePortFrom(port), port, 'an inner port moves aside');
  server.close();
});

test('a stack draws its ports before it listens on any, and draws none twice', async () => {
  const drawn: number[] = [];
  for (let draw = 0; draw < 500; draw += 1) drawn.push(await freePort());
  assert.equal(new Set(drawn).size, drawn.length);
});
