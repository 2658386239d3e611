import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { oraclePrograms } from '#ops/setup/oracle-programs.ts';

/** A question to test/oracle/main.go, which names the fields. Bytes travel as base64, sizes as numbers. */
export interface Question {
  ask:
    | 'open note'
    | 'open checkpoint'
    | 'sign'
    | 'verify inclusion'
    | 'verify consistency'
    | 'make proofs'
    | 'judge checkpoint'
    | 'judge proof';
  [field: string]: string | number | bigint | Uint8Array | readonly string[] | readonly Uint8Array[];
}

/** What others' libraries say. `error` is there when they do not agree. */
export interface Answer {
  error?: string;
  text?: string;
  note?: string;
  verified?: string[];
  unverified?: string[];
  origin?: string;
  size?: number;
  root?: string;
  inclusion?: string[];
  consistency?: string[];
}

export interface Oracle {
  programs: string;
  ask: (question: Question) => Promise<Answer>;
  end: () => Promise<void>;
}

/** Starts the oracle; it answers one question after the other until `end`. */
export async function startOracle(): Promise<Oracle> {
  const programs = await oraclePrograms();
  const child = spawn(join(programs, 'oracle'), { stdio: ['pipe', 'pipe', 'inherit'], env: {} });
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    programs,
    async ask(question) {
      child.stdin.write(`${JSON.stringify(question, wireForm)}\n`);
      const { value } = await answers.next();
      if (typeof value !== 'string') throw new Error('the oracle ended without an answer');
      return JSON.parse(value) as Answer;
    },
    end: () => ended(child, () => child.stdin.end()),
  };
}

function wireForm(this: unknown, key: string, value: unknown): unknown {
  // JSON.stringify has called Buffer's toJSON already; the bytes themselves are still in their holder.
  const raw = (this as Record<string, unknown>)[key];
  if (raw instanceof Uint8Array) return Buffer.from(raw).toString('base64');
  return typeof value === 'bigint' ? Number(value) : value;
}

/** Asks a child process to end, and waits until it has. */
export async function ended(child: ChildProcess, ask: () => unknown): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  ask();
  await exit;
}
