import type { Actor } from '#prisma/leaves.ts';
import type { SignedIn } from './sessions.ts';

/** Somebody signed in to the console, as their deeds name them in leaves. */
export function actorOf({ account, sid, stage }: Pick<SignedIn, 'account' | 'sid' | 'stage'>): Actor {
  const auth =
    stage === 'full'
      ? ({ method: 'password totp', aal: '2', cred: null } as const)
      : ({ method: 'password', aal: '1', cred: null } as const);
  return { type: 'person', guid: account, sid, auth };
}
