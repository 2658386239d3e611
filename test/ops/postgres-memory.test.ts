import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Client } from 'pg';
import { layout } from '#ops/paths.ts';
import { isRoot, type Identity } from '#ops/setup/identities.ts';
import { ownedFolder } from '#ops/setup/owned-files.ts';
import { makePostgresData } from '#ops/setup/postgres-data.ts';
import { childPart, type Running } from '#ops/stack/child.ts';
import { attached } from '#ops/stack/postgres-memory.ts';
import { postgresSpec, superuserUrl } from '#ops/stack/postgres.ts';
import { freePort } from '#ops/stack/ports.ts';

/** PostgreSQL was killed, and one of its processes has not seen it yet: here one that stands still. */
const state = mkdtempSync(join(tmpdir(), 'countersign-postgres-'));
chmodSync(state, 0o755);
const identity: Identity = isRoot()
  ? { user: 'nobody', uid: 65_534, gid: 65_534 }
  : { user: 'me', uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
const { postgres: data } = layout(state);
let running: Running | undefined;
let straggler: number | undefined;
after(async () => {
  if (straggler) process.kill(straggler, 'SIGKILL');
  running?.signal('SIGQUIT');
  await running?.ended;
  rmSync(state, { recursive: true, force: true });
});

test('it is started again when the last process of the server before it has let go of its memory, and not before', async () => {
  ownedFolder(join(state, 'log'), undefined, 0o755);
  await makePostgresData(state, identity, { step: (_name, work) => work(), note: () => {} });
  const port = await freePort();
  const spec = postgresSpec(state, port, identity);
  running = await childPart(spec, true).launch(() => {});
  const client = new Client({ connectionString: superuserUrl(state, port) });
  client.on('error', () => undefined);
  await client.connect();
  const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  straggler = rows[0]?.pid ?? assert.fail('it has a process for each client');
  process.kill(straggler, 'SIGSTOP');
  running.signal('SIGKILL');
  await running.ended;

  await assert.rejects(
    childPart({ ...spec, before: async () => {} }, true).launch(() => {}),
    /postgres did not start/,
  );
  assert.ok(attached(data) > 0);
  const untilFree = async (): Promise<void> => {
    await spec.before?.();
    assert.equal(attached(data), 0);
  };
  const again = childPart({ ...spec, before: untilFree }, true).launch((spawned) => (running = spawned));
  process.kill(straggler, 'SIGCONT');
  await again;
  straggler = undefined;
  const next = new Client({ connectionString: superuserUrl(state, port) });
  await next.connect();
  await next.query('SELECT 1');
  await next.end();
  assert.ok(attached(data) > 0, 'its own memory is seen, too');
});
