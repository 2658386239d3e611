import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { after, test } from 'node:test';
import { isStillSending } from '#activities/directory/still-sending.ts';
import { patiently } from '../support/patiently.ts';
import { twoMachines } from '../support/two-networks.ts';

/** Says its port, then every word that it hears. */
const LISTENER = `const server = require('node:net').createServer((socket) => socket.on('data', (word) => console.log(word.toString())).on('error', () => {}));
server.listen(0, process.argv[1], () => console.log(server.address().port));`;

const wire = twoMachines();
const [far] = wire.machines;
const listener = spawn('ip', [...far.there, process.execPath, '-e', LISTENER, far.address], { stdio: ['ignore', 'pipe', 'inherit'] });
after(() => {
  listener.kill('SIGKILL');
  wire.remove();
});
const heard = createInterface({ input: listener.stdout })[Symbol.asyncIterator]();

test('what was asked over a line that is cut arrives after its asker has closed it, and until then this machine is known to send it', async () => {
  const port = Number((await heard.next()).value);
  const url = `ldaps://${far.address}:${port}`;
  const socket = connect({ host: far.address, port });
  await once(socket, 'connect');
  assert.equal(await isStillSending(url), false, 'an open connection is its holder’s own affair');
  far.plug(false);
  socket.write('late');
  socket.destroy();
  await once(socket, 'close');
  assert.equal(await isStillSending(url), true);
  assert.equal(await isStillSending(`ldaps://${far.address}:${port === 636 ? 637 : 636}`), false, 'to another port nothing is sent');
  far.plug(true);
  assert.equal((await heard.next()).value, 'late');
  await patiently(async () => assert.equal(await isStillSending(url), false));
});
