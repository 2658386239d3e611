import { DELEGATION_TAG, delegationStatement } from '#domain/delegation.ts';
import { signStatement } from '../keys/use-a-key.ts';
import type { ConsoleProvider } from '../provider/data-provider.ts';

type Deed = Parameters<typeof delegationStatement>[1];

/** What a delegation may change on other pages. */
export const TOUCHED = ['delegations', 'approvals', 'summary'];

/** Confirms making or ending a delegation with the person's key, over what this page says, or with their code when they have no key. */
export async function confirmDeed(data: ConsoleProvider, deed: Deed, totp: string | undefined): Promise<object> {
  if (totp !== undefined) return { totp };
  const ceremony = await data.beginDelegation('end' in deed ? 'end' : 'make');
  const { id, response } = await signStatement(DELEGATION_TAG, delegationStatement(ceremony, deed), ceremony);
  return { ceremony: ceremony.ceremony, assertion: { id, response } };
}
