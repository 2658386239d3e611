import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient } from './generated/client.ts';

export type Database = PrismaClient;
/** What a transaction body gets: everything of the client but the power to begin another one. */
export type Transaction = Omit<PrismaClient, '$connect' | '$disconnect' | '$on' | '$transaction' | '$extends' | '$use'>;
export { Prisma } from './generated/client.ts';

/** Statements that each connection keeps prepared. A process has about two hundred; lists of any length could make no end of others. */
const PREPARED = 500;

/**
 * A client over PostgreSQL for one process and its role. `url` is a secret; callers read it from a file of mode 0600. Each
 * connection parses a statement once and runs it by its name from then on; how it is planned PostgreSQL still decides.
 */
export function openDatabase(url: string, poolSize = 5): Database {
  const names = new Map<string, string>();
  const statementNameGenerator = ({ sql }: { sql: string }): string => {
    const known = names.get(sql);
    if (known !== undefined) return known;
    // Without a name a statement is kept for one run; those that begin and end transactions go as they are, in one message, and so do several at once.
    if (names.size >= PREPARED || /^(BEGIN|COMMIT|ROLLBACK)|;/.test(sql)) return '';
    const name = `s${names.size}`;
    names.set(sql, name);
    return name;
  };
  return new PrismaClient({ adapter: new PrismaPg({ connectionString: url, max: poolSize }, { statementNameGenerator }) });
}
