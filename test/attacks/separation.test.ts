import assert from 'node:assert/strict';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import * as pg from 'pg';
import { useStack, type PartName, type TestStack } from '#test/support/stack.ts';

/** Each process holds only what it needs: its own user, its own files, its own role with its own grants. */
let stack: TestStack;
before(async () => {
  stack = await useStack();
});

const PROCESSES = ['notary', 'api', 'worker', 'verifier', 'writer-staff', 'writer-privileged'] as const satisfies readonly PartName[];

test('every process runs as a user of its own, and no secret file can be read by another', async () => {
  const users = new Map<string, number>();
  for (const name of PROCESSES) {
    const pid = await stack.pid(name);
    const uid = Number(/^Uid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
    assert.ok(uid > 0, `${name} is not root`);
    users.set(name, uid);
    const folder = join(stack.state, name);
    assert.equal(statSync(folder).mode & 0o777, 0o700, folder);
    for (const file of readdirSync(folder).filter((f) => !f.startsWith('.'))) {
      const stat = statSync(join(folder, file));
      if (!stat.isFile()) continue;
      assert.equal(stat.mode & 0o077, 0, `${name}/${file}`);
      assert.equal(stat.uid, uid, `${name}/${file}`);
    }
  }
  assert.equal(new Set(users.values()).size, PROCESSES.length);
});

test("no process inherits a secret or another process's settings in its environment or arguments", async () => {
  for (const name of PROCESSES) {
    const pid = await stack.pid(name);
    const environment = readFileSync(`/proc/${pid}/environ`, 'utf8')
      .split('\0')
      .filter(Boolean)
      .map((line) => line.split('=')[0]);
    assert.deepEqual(
      environment.filter(
        (key) =>
          ![
            'COUNTERSIGN_SETTINGS',
            'COUNTERSIGN_TESTING',
            'PATH',
            'HOME',
            'LANG',
            'LC_ALL',
            'TZ',
            'NODE_ENV',
            'XDG_CACHE_HOME',
            'NODE_EXTRA_CA_CERTS',
          ].includes(key ?? ''),
      ),
      [],
      name,
    );
    assert.doesNotMatch(readFileSync(`/proc/${pid}/cmdline`, 'utf8'), /password|secret|key=/i);
  }
});

/** Statements that a role must not be able to run, by role. Each would be an attack from inside that process. */
const FORBIDDEN: Record<(typeof PROCESSES)[number], string[]> = {
  notary: [
    'SELECT secret FROM totp',
    'SELECT body FROM attestation',
    'SELECT value FROM opening',
    'SELECT * FROM session',
    'SELECT * FROM reset',
    `UPDATE leaf SET body = ''`,
    'DELETE FROM leaf',
    'DELETE FROM log_entry',
    'UPDATE log_entry SET index = index + 1',
    'DELETE FROM log_receipt',
    `UPDATE log_receipt SET proof = ''`,
    'DELETE FROM log_head',
    `INSERT INTO sealed SELECT * FROM sealed`,
  ],
  api: [
    'SELECT secret FROM totp',
    'SELECT secret FROM token',
    'SELECT file FROM token_import',
    `UPDATE token SET state = 'assigned'`,
    'INSERT INTO token_assignment SELECT * FROM token_assignment',
    'SELECT hash FROM code',
    'SELECT body FROM attestation',
    'SELECT ciphertext FROM sealed',
    'SELECT value FROM opening',
    `INSERT INTO attestation (id, reset_id, kind, body, signature) VALUES (gen_random_uuid(), gen_random_uuid(), 'proof', '{}', '')`,
    `UPDATE reset SET state = 'done'`,
    `UPDATE reset SET policy_sha256 = 'x'`,
    `UPDATE approval SET state = 'approved'`,
    'DELETE FROM leaf',
    `UPDATE leaf SET body = ''`,
    `INSERT INTO write_claim SELECT * FROM write_claim`,
    `UPDATE policy_version SET in_force = true`,
    'DELETE FROM sealed',
    'DELETE FROM reset',
    'SELECT spki FROM passkey',
    'INSERT INTO factor_freeze SELECT * FROM factor_freeze',
    'DELETE FROM factor_freeze',
    'SELECT signature FROM factor_thaw',
    `INSERT INTO delegation SELECT * FROM delegation`,
    `UPDATE delegation SET withdrawn_at = NULL`,
    'INSERT INTO alarm SELECT * FROM alarm',
    'DELETE FROM alarm',
    'DELETE FROM acknowledgement',
    'INSERT INTO break_glass SELECT * FROM break_glass',
    `UPDATE break_glass SET state = 'given'`,
    'INSERT INTO review SELECT * FROM review',
    `UPDATE review SET state = 'closed'`,
    'DELETE FROM review',
    'INSERT INTO joint_act SELECT * FROM joint_act',
    `UPDATE joint_act SET state = 'confirmed'`,
    `UPDATE reset SET locked_by = NULL`,
    `UPDATE passkey SET disabled_at = now()`,
    `UPDATE ceremony SET created_at = now()`,
    `INSERT INTO ceremony (id, account_guid, purpose, created_at) VALUES (gen_random_uuid(), gen_random_uuid(), 'x', now())`,
  ],
  worker: [
    'SELECT secret FROM token',
    'SELECT file FROM token_import',
    'DELETE FROM alarm',
    'INSERT INTO acknowledgement SELECT * FROM acknowledgement',
    `UPDATE review SET state = 'closed'`,
    'INSERT INTO break_glass SELECT * FROM break_glass',
    'INSERT INTO unwitnessed_receipt SELECT * FROM unwitnessed_receipt',
    'DELETE FROM joint_act',
    `UPDATE joint_act SET body = ''`,
    'SELECT body FROM joint_act',
    'SELECT name FROM passkey',
    'SELECT id FROM delegation',
    `INSERT INTO ceremony (id, account_guid, purpose) VALUES (gen_random_uuid(), gen_random_uuid(), 'passkey/add')`,
    'SELECT secret FROM totp',
    'SELECT hash FROM code',
    'SELECT body FROM attestation',
    'SELECT ciphertext FROM sealed',
    'SELECT value FROM opening',
    'SELECT * FROM session',
    `INSERT INTO attestation (id, reset_id, kind, body, signature) VALUES (gen_random_uuid(), gen_random_uuid(), 'proof', '{}', '')`,
    `INSERT INTO burn (subject, update_id, outcome) VALUES ('x', 'y', '{}')`,
    `INSERT INTO policy_version (sha256, text) VALUES ('x', 'y')`,
    `UPDATE policy_version SET in_force = false`,
    'DELETE FROM leaf',
    `UPDATE leaf SET outcome = 'success'`,
    `UPDATE write_claim SET state = 'applied'`,
    `UPDATE reset SET browser_hash = ''`,
    `UPDATE reset SET account_name = 'somebody-else'`,
    `UPDATE reset SET account_guid = gen_random_uuid()`,
    `UPDATE approval SET reset_id = gen_random_uuid()`,
    `UPDATE approval SET eligible = '{}'`,
    `INSERT INTO sealed SELECT * FROM sealed`,
    'SELECT body FROM leaf',
    `INSERT INTO log_receipt SELECT * FROM log_receipt`,
    `UPDATE log_head SET published_size = 0`,
  ],
  verifier: [
    `UPDATE reset SET state = 'done'`,
    `UPDATE attestation SET body = '{}'`,
    'DELETE FROM attestation',
    'DELETE FROM burn',
    `UPDATE burn SET consumed = NULL`,
    'DELETE FROM leaf',
    `UPDATE leaf SET body = ''`,
    `UPDATE approval SET state = 'approved'`,
    `INSERT INTO policy_version (sha256, text) VALUES ('x', 'y')`,
    'SELECT * FROM session',
    `UPDATE write_claim SET state = 'applied'`,
    'SELECT value FROM opening',
    `UPDATE passkey SET spki = ''`,
    `UPDATE delegation SET until = now()`,
    `UPDATE delegation SET to_guid = gen_random_uuid()`,
    'DELETE FROM delegation',
    'DELETE FROM passkey',
    'DELETE FROM factor_freeze',
    `UPDATE factor_thaw SET signature = ''`,
    `INSERT INTO ceremony (id, account_guid, purpose) VALUES (gen_random_uuid(), gen_random_uuid(), 'passkey/add')`,
  ],
  'writer-staff': [
    'INSERT INTO factor_thaw SELECT * FROM factor_thaw',
    'DELETE FROM factor_freeze',
    `UPDATE passkey SET disabled_at = NULL`,
    `UPDATE delegation SET withdrawn_at = NULL`,
    `INSERT INTO delegation SELECT * FROM delegation`,
    'SELECT secret FROM totp',
    'SELECT hash FROM code',
    `INSERT INTO attestation (id, reset_id, kind, body, signature) VALUES (gen_random_uuid(), gen_random_uuid(), 'proof', '{}', '')`,
    `UPDATE attestation SET body = '{}'`,
    `UPDATE policy_version SET in_force = true`,
    `UPDATE reset SET state = 'done'`,
    'DELETE FROM leaf',
    `UPDATE leaf SET body = ''`,
    'DELETE FROM write_claim',
    'SELECT * FROM session',
    `INSERT INTO sealed SELECT * FROM sealed`,
    'SELECT value FROM opening',
  ],
  'writer-privileged': [
    'SELECT secret FROM totp',
    'SELECT hash FROM code',
    `UPDATE attestation SET body = '{}'`,
    `UPDATE reset SET state = 'done'`,
    'DELETE FROM leaf',
    'DELETE FROM write_claim',
    'SELECT * FROM session',
  ],
};

for (const name of PROCESSES) {
  test(`PostgreSQL refuses ${name} everything that is not its work`, async () => {
    const client = new pg.Client({ connectionString: readFileSync(join(stack.state, name, 'database.url'), 'utf8').trim() });
    await client.connect();
    try {
      const tables = [
        'CREATE TABLE mine (x int)',
        'ALTER TABLE leaf ADD COLUMN x int',
        'DROP TABLE leaf',
        'TRUNCATE leaf',
        `SET ROLE countersign_owner`,
        `SET session_replication_role = replica`,
        'CREATE ROLE other',
      ];
      for (const statement of [...FORBIDDEN[name], ...tables]) {
        await assert.rejects(client.query(statement), (error: { code?: string }) => error.code === '42501', `${name}: ${statement}`);
      }
      assert.equal((await client.query('SELECT 1 AS one')).rows[0].one, 1);
    } finally {
      await client.end();
    }
  });
}

test('the auditor reads leaves and changes nothing', async () => {
  const client = new pg.Client({ connectionString: readFileSync(join(stack.state, 'database', 'auditor.url'), 'utf8').trim() });
  await client.connect();
  try {
    assert.ok((await client.query('SELECT body FROM leaf LIMIT 1')).rows.length <= 1);
    for (const statement of [
      'DELETE FROM leaf',
      `UPDATE leaf SET body = ''`,
      'SELECT secret FROM totp',
      'SELECT * FROM session',
      'SELECT * FROM reset',
    ]) {
      await assert.rejects(client.query(statement), (error: { code?: string }) => error.code === '42501', statement);
    }
  } finally {
    await client.end();
  }
});
