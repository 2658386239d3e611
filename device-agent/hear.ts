import type { Agent } from './agent.ts';
import { carryOut, refuse, sayAgain, takeOn } from './carry-out.ts';
import type { StreamEvent } from './event-stream.ts';
import { judgeNotice } from './judge-notice.ts';
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
  const { notice, seenBefore } = judged;
  if (seenBefore) sayAgain(agent, notice.notice);
  else if (notice.verb === 'tell') takeOnTelling(agent, notice);
  else takeOn(agent, notice);
  await (notice.verb === 'tell' ? tellPerson(agent, notice.notice) : carryOut(agent, notice.notice));
  agent.memory.change((draft) => {
    draft.lastEvent = id ?? null;
  });
}
