import type { Transaction } from '#db';

/** Whether devices also end the tickets and sessions of an account after this reset: the old password was ended, because somebody else may know it. */
export async function endsSessions(tx: Pick<Transaction, 'writeClaim'>, reset: string): Promise<boolean> {
  return (await tx.writeClaim.count({ where: { resetId: reset, endOldPassword: true, state: 'applied' } })) > 0;
}
