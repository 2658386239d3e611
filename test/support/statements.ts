import { Client } from 'pg';
import { readSecretLine } from '#config';
import { ownerUrlFile } from '#ops/setup/database-roles.ts';
import { superuserUrl } from '#ops/stack/postgres.ts';

/** A statement as the server counts it: without its values, by whose role and how often. */
export interface Statement {
  role: string;
  /** The same for whatever values; the text is that of whoever came first. */
  id: string;
  text: string;
  calls: number;
}

export interface StatementCounter {
  /** Begins to count anew. */
  clear: () => Promise<void>;
  /** What our processes have asked of the database since then. */
  read: () => Promise<Statement[]>;
  close: () => Promise<void>;
}

/** The server's own count of statements (pg_stat_statements), which it keeps in test stacks alone. */
export async function countStatements(state: string): Promise<StatementCounter> {
  const { port } = new URL(readSecretLine(ownerUrlFile(state)));
  const client = new Client({ connectionString: superuserUrl(state, Number(port)) });
  // A stack that a single file started may end before that file's own hooks close this connection.
  client.on('error', () => undefined);
  await client.connect();
  await client.query('CREATE EXTENSION IF NOT EXISTS pg_stat_statements');
  return {
    clear: async () => void (await client.query('SELECT pg_stat_statements_reset()')),
    async read() {
      const { rows } = await client.query<{ role: string; id: string; text: string; calls: string }>(
        `SELECT r.rolname AS role, s.queryid::text AS id, s.query AS text, s.calls FROM pg_stat_statements s JOIN pg_roles r ON r.oid = s.userid
         WHERE r.rolname LIKE 'countersign\\_%' AND r.rolname <> 'countersign_owner' ORDER BY s.calls DESC, s.query`,
      );
      return rows.map(({ role, calls, ...rest }) => ({ ...rest, role: role.replace('countersign_', ''), calls: Number(calls) }));
    },
    close: () => client.end(),
  };
}

/** What one process asks of the database for one unit of work; the statements that begin and end transactions are counted apart. */
export interface Asked {
  process: string;
  statements: number;
  transactions: number;
}

/** Tables of what goes on for an hour after each reset, and of looks that nobody asked for. */
const BESIDE = /account_watch|telling|"message"|\bmessage\b|sealed_history|controller_view/;

/**
 * What each process asks for one unit of work: each statement the least often of three times, so that what a process asks
 * by itself every few seconds is left out, and so is what follows from earlier resets.
 */
export async function askedFor(counter: StatementCounter, work: () => Promise<unknown>, times = 3): Promise<Asked[]> {
  const runs: Statement[][] = [];
  for (let time = 0; time < times; time++) {
    await counter.clear();
    await work();
    runs.push(await counter.read());
  }
  const [first = [], ...others] = runs;
  const least = first
    .filter(({ text }) => !BESIDE.test(text))
    .map((one) => ({
      ...one,
      calls: Math.min(one.calls, ...others.map((run) => run.find(({ role, id }) => role === one.role && id === one.id)?.calls ?? 0)),
    }));
  return [...new Set(least.map(({ role }) => role))].toSorted().map((process) => {
    const mine = least.filter(({ role }) => role === process);
    const calls = (kind: RegExp): number => mine.filter(({ text }) => kind.test(text)).reduce((sum, one) => sum + one.calls, 0);
    return { process, transactions: calls(/^BEGIN/), statements: calls(/^(?!BEGIN|COMMIT|ROLLBACK)/) };
  });
}
