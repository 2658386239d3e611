import { acknowledge } from './acknowledge.ts';
import type { Agent } from './agent.ts';
import { layReady, takeAway, wasShown } from './at-login.ts';
import type { FactorNotice } from './judge-notice.ts';
import type { Remembered } from './memory.ts';
import { UnknownLayout } from './sssd/cache.ts';
import { inCache } from './sssd/in-cache.ts';
import { writeToTerminals } from './terminals.ts';
import { wordsOf } from './words-of-changes.ts';

/** Takes on to tell somebody of a change: from here on it is told whatever happens to this process, and once. */
export function takeOnTelling(agent: Agent, { notice, account, change, changedAt, expiresAt }: FactorNotice): void {
  const now = Date.now() + agent.portal.clockAhead();
  acknowledge(agent, notice, { stage: 'received' }, (draft) => {
    letGo(draft, now);
    draft.told[notice] = Date.parse(expiresAt);
    draft.tellings[notice] = { notice, sid: account.sid, change, changedAt, expiresAt, stage: 'received' };
  });
}

/** What is over is refused by its end, and need not be kept. */
function letGo(draft: Remembered, now: number): void {
  for (const [id, end] of Object.entries(draft.told))
    if (end <= now) {
      delete draft.told[id];
      draft.toldUntil = Math.max(draft.toldUntil, end);
    }
}

/**
 * Brings it as far as it goes now: written to the terminals of the person, or laid ready for their next login. It may be called at any time, and after a
 * crash at any line: who was written to when we crashed reads it twice, and nobody misses it.
 */
export async function tellPerson(agent: Agent, id: string): Promise<void> {
  const { memory, settings, log } = agent;
  const telling = memory.now.tellings[id];
  if (!telling) return;
  const end = (said: Parameters<typeof acknowledge>[2]): void => {
    takeAway(settings.state, id);
    acknowledge(agent, id, said, (draft) => {
      delete draft.tellings[id];
    });
  };
  // Nobody takes an answer any more, and the person has read of it elsewhere.
  if (Date.parse(telling.expiresAt) <= Date.now() + agent.portal.clockAhead()) {
    takeAway(settings.state, id);
    return memory.change((draft) => {
      delete draft.tellings[id];
    });
  }
  try {
    const account = await inCache(telling.sid);
    if (!account) return end({ stage: 'nothing-cached' });
    // Root is nobody of the directory's, whatever an entry in a cache says.
    if (account.uid === 0) return end({ stage: 'cannot', reason: 'not-a-person' });
    const { uid } = account;
    const words = wordsOf(telling, settings.myFactors);
    const terminals = wasShown(settings.state, { id, uid }) ? 0 : writeToTerminals(uid, words);
    if (terminals > 0 || wasShown(settings.state, { id, uid })) {
      log('shown', { notice: id, terminals });
      return end({ stage: 'shown' });
    }
    layReady(settings.state, { id, uid, words });
    if (telling.stage === 'not-shown') return;
    acknowledge(agent, id, { stage: 'not-shown', reason: 'nobody-logged-in' }, (draft) => {
      draft.tellings[id] = { ...telling, stage: 'not-shown' };
    });
  } catch (error) {
    if (!(error instanceof UnknownLayout)) throw error;
    log('cannot', { notice: id, reason: error.reason });
    end({ stage: 'cannot', reason: error.reason });
  }
}
