import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { Client } from 'pg';
import type { World } from './world.ts';

/**
 * Holds a step of the product exactly where a test wants it: a lock that the test takes in PostgreSQL as the owner, and
 * that the step's own statement then waits for, as pg_blocking_pids says.
 */
export interface Hold {
  /** Until a process with this database role waits for the lock; any of ours when none is named. */
  waitedForBy: (role?: Role) => Promise<void>;
  /** Gives the lock back. What waited goes on, if its process still lives. */
  release: () => Promise<void>;
}

export type Role = 'verifier' | 'worker' | 'writer_staff' | 'writer_privileged';

const PATIENCE_MS = 30_000;

/** Takes the lock of this statement. */
export async function hold(world: World, statement: string, values: unknown[] = []): Promise<Hold> {
  return inTime('the lock is had', (await ask(world, statement, values)).granted);
}

/** Asks for a lock that another transaction has. Answers once it stands in the queue for it; `granted` when it has it. */
export async function holdNext(world: World, statement: string, values: unknown[] = []): Promise<{ granted: Promise<Hold> }> {
  const asked = await ask(world, statement, values);
  await until('the lock is queued for', async () => {
    const [row] = await world.people.sql<{ queued: boolean }>('SELECT cardinality(pg_blocking_pids($1)) > 0 AS queued', [asked.pid]);
    return row?.queued === true;
  });
  return asked;
}

async function ask(world: World, statement: string, values: unknown[]): Promise<{ pid: number; granted: Promise<Hold> }> {
  const client = new Client({
    connectionString: readFileSync(join(world.stack.state, 'database', 'owner.url'), 'utf8').trim(),
    // A test that fails leaves its locks to the end of its process, and must not put that off.
    stream: () => new Socket().unref(),
  });
  // Where PostgreSQL itself is killed, the lock is gone with it.
  client.on('error', () => undefined);
  await client.connect();
  await client.query('BEGIN');
  const [row] = (await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')).rows;
  const pid = row?.pid ?? 0;
  const held: Hold = {
    waitedForBy: (role) =>
      until(`${role ?? 'somebody'} waits`, async () => {
        const rows = await world.people.sql(
          `SELECT 1 FROM pg_stat_activity WHERE usename LIKE $1 AND usename <> 'countersign_owner' AND $2 = ANY (pg_blocking_pids(pid))`,
          [role ? `countersign\\_${role}` : 'countersign\\_%', pid],
        );
        return rows.length > 0;
      }),
    release: () => client.end().catch(() => undefined),
  };
  const granted = client.query(statement, values).then(() => held);
  granted.catch(() => undefined);
  return { pid, granted };
}

async function inTime<T>(what: string, work: Promise<T>): Promise<T> {
  let isOver = false;
  work.then(
    () => (isOver = true),
    () => (isOver = true),
  );
  await until(what, () => isOver);
  return work;
}

/** Asks again until it is so. The pause leaves the two cores to the product. */
export async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  while (!(await isSo())) {
    assert.ok(Date.now() < deadline, `never: ${what}`);
    await setTimeout(10);
  }
}

/**
 * The step that was to be held went on before it could be: the next transaction may come in the instant between the commit
 * of the one before and the gate's next turn. The gate is open then; whoever wanted it held tries again with another reset.
 */
export class WentBy extends Error {}

/** A gate in front of the leaves of one reset: each transaction that writes one waits there until it is let through. */
export interface Turnstile {
  /** Lets leaf after leaf through until that role is about to write the one with this number, counted from 1. */
  stopBefore: (leaf: number, role: Role) => Promise<void>;
  /** Lets the transaction that waits through, and answers once it has committed. */
  letOneThrough: () => Promise<void>;
  release: () => Promise<void>;
}

/**
 * The row that chains the leaves of a reset (prisma/leaves.ts). Only locked, never updated: who waits for a row lock is
 * served in the order of coming, who waits for an update to end is not.
 */
const LEAF_HEAD = 'SELECT 1 FROM leaf_head WHERE reset_id = $1::uuid FOR UPDATE';

export async function turnstile(world: World, reset: string): Promise<Turnstile> {
  let bar = await hold(world, LEAF_HEAD, [reset]);
  const written = async () =>
    Number((await world.people.sql('SELECT count(*) AS n FROM leaf WHERE reset_id = $1::uuid', [reset]))[0]?.['n']);
  const letOneThrough = async (): Promise<void> => {
    const before = await written();
    // An attempt that has waited too long gives up when its turn comes; then the next one is let through.
    while ((await written()) === before) {
      await bar.waitedForBy();
      // Queued behind whoever waits, so it is had at that one's commit and before the next one's turn.
      const next = await holdNext(world, LEAF_HEAD, [reset]);
      await bar.release();
      bar = await inTime('the one that waited has ended its transaction', next.granted);
    }
  };
  return {
    async stopBefore(leaf, role) {
      for (;;) {
        const before = await written();
        if (before === leaf - 1) return bar.waitedForBy(role);
        if (before >= leaf) {
          await bar.release();
          throw new WentBy(`leaf ${leaf} went by`);
        }
        await letOneThrough();
      }
    },
    letOneThrough,
    release: () => bar.release(),
  };
}
