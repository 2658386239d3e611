import type { ArrivedNear, PasswordChange } from '#activities/arrival-contract.ts';
import type { VerifierDeps } from './deps.ts';

/** Where a change has come to, at the claimant's own site before all: that of the address from which the reset was begun. */
export async function watchArrivalNear(
  { db, sites, arrivals }: Pick<VerifierDeps, 'db' | 'sites' | 'arrivals'>,
  { reset, account, stamp, controller }: PasswordChange & { account: string; reset: string },
): Promise<ArrivedNear> {
  const row = await db.reset.findUnique({ where: { id: reset }, select: { source: true } });
  const name = row && (await sites.of(row.source));
  if (!name) return { seen: await arrivals.look(account, stamp, controller) };
  const { seen, here } = await arrivals.lookNear(account, stamp, controller, name);
  return { seen, ...(here === undefined ? {} : { site: { name, arrived: here === 'arrived' } }) };
}
