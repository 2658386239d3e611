import type { Agent } from './agent.ts';
import { carryOut, refuse, sayAgain, takeOn, type Replacement } from './carry-out.ts';
import type { StreamEvent } from './event-stream.ts';
import { judgeNotice, type ResetNotice } from './judge-notice.ts';
import { openHash } from './open-hash.ts';
import { sealingKeyIn } from './sealing-key.ts';
import { takeOnTelling, tellPerson } from './tell-person.ts';

/** What came as a notice: judged, then taken on and carried out, or refused and said so once: `refused` remembers that, of a thousand at most. */
export async function hear(agent: Agent, { id, data }: StreamEvent, refused: Set<string>): Promise<void> {
  const judged = judgeNotice(data, agent.memory.now, Date.now() + agent.portal.clockAhead());
  if ('fault' in judged) {
    const { fault } = judged;
    agent.log('notice-refused', { why: fault });
    if (id === undefined || !/^[0-9a-f-]{36}$/.test(id) || refused.has(`${id} ${fault}`) || refused.size > 1000) return;
    refused.add(`${id} ${fault}`);
    refuse(agent, id, fault);
    return;
  }
  const { notice, seenBefore, sealed } = judged;
  if (seenBefore) sayAgain(agent, notice.notice);
  else if (notice.verb === 'tell') takeOnTelling(agent, notice);
  else takeOn(agent, notice);
  if (notice.verb === 'tell') await tellPerson(agent, notice.notice);
  // The hash is kept in this one place until it is used, and on no disk: after a crash the old password is taken away instead.
  else await carryOut(agent, notice.notice, seenBefore ? undefined : await replacementIn(agent, notice, sealed));
  agent.memory.change((draft) => {
    draft.lastEvent = id ?? null;
  });
}

/** What a notice with the verb `sealed-hash` brought, or why that cannot be used; undefined for every other notice. */
async function replacementIn(agent: Agent, notice: ResetNotice, sealed: string | undefined): Promise<Replacement | undefined> {
  if (notice.verb !== 'sealed-hash') return undefined;
  const { settings, memory, portal } = agent;
  const { sha256, expiresAt } = notice.sealedHash;
  // It was used by somebody, or its hour was over before we came.
  if (sealed === undefined || Date.parse(expiresAt) <= Date.now() + portal.clockAhead()) return { why: 'sealed-hash-missing' };
  if (!settings.sealedHash) return { why: 'sealed-hash-refused' };
  const context = { reset: notice.reset, device: notice.device, sid: notice.account.sid, expiresAt };
  const hash = await openHash(sealed, { sha256, context, own: sealingKeyIn(settings.state), writerKeys: memory.now.writerKeys });
  return hash === undefined ? { why: 'sealed-hash-refused' } : { hash };
}
