import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient } from './generated/client.ts';

export type Database = PrismaClient;
/** What a transaction body gets: everything of the client but the power to begin another one. */
export type Transaction = Omit<PrismaClient, '$connect' | '$disconnect' | '$on' | '$transaction' | '$extends' | '$use'>;
export { Prisma } from './generated/client.ts';

/** A client over PostgreSQL for one process and its role. `url` is a secret; callers read it from a file of mode 0600. */
export function openDatabase(url: string, poolSize = 5): Database {
  return new PrismaClient({ adapter: new PrismaPg({ connectionString: url, max: poolSize }) });
}
