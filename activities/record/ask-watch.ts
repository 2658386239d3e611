import type { Transaction } from '#db';

/** Has an account watched after the reset that let it in, in the transaction of the move that ends it. Whether there is anything to watch the verifier finds out. */
export async function askWatch(tx: Transaction, reset: string): Promise<void> {
  await tx.$executeRaw`INSERT INTO account_watch (reset_id) VALUES (${reset}::uuid) ON CONFLICT DO NOTHING`;
}
