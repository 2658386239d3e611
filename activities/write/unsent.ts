import { DirectoryUnavailable } from '../directory/errors.ts';
import type { AnyAsked } from './asked.ts';
import type { Claim } from './claims.ts';
import type { WriterDeps } from './deps.ts';
import type { Fence } from './fence.ts';
import { finish, refuse, type Refused } from './finish.ts';

/** Nothing left this process: known at once, without waiting for anything to settle. Throws DirectoryUnavailable when it may be tried again. */
export async function unsent(deps: WriterDeps, asked: AnyAsked, claim: Claim, gate: Fence): Promise<Refused> {
  if (gate.overtaken()) return refuse(deps, asked, 'account-changed', claim);
  await finish(
    deps,
    asked,
    claim,
    { state: 'unsent' },
    { type: 'write.result', outcome: 'failure', reason: 'not-sent', do: { controller: claim.controller } },
  );
  throw new DirectoryUnavailable('the change could not be sent');
}
