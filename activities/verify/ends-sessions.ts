import type { Transaction } from '#db';

/** Whether devices also end the tickets and sessions of an account after this reset. No reset asks for that today. */
export async function endsSessions(_tx: Transaction, _reset: string): Promise<boolean> {
  return false;
}
