import type { Agent } from './agent.ts';
import type { Remembered } from './memory.ts';
import { signStatement, TAGS, type Signed } from './statement.ts';

export type Stage =
  | 'received'
  | 'invalidated'
  | 'replaced'
  | 'deferred'
  | 'refreshed'
  | 'nothing-cached'
  | 'cannot'
  | 'not-shown'
  | 'shown';

export interface Said {
  stage: Stage;
  controllerReachable?: boolean | null;
  lastOnlineAuth?: string | null;
  reason?: string | null;
}

/** An acknowledgement, signed with the device's key. */
export function acknowledgement({ identity, memory }: Agent, notice: string, said: Said): Signed {
  const { stage, controllerReachable = null, lastOnlineAuth = null, reason = null } = said;
  const at = new Date().toISOString();
  const statement = { notice, device: memory.now.device, stage, at, controllerReachable, lastOnlineAuth, reason };
  return signStatement(TAGS.ack, statement, identity.key);
}

/**
 * Notes an acknowledgement down for sending, together with whatever else changes with it: both are on disk, or neither. It is signed once,
 * so that what is sent again after a crash is the same.
 */
export function acknowledge(agent: Agent, notice: string, said: Said, edit: (draft: Remembered) => void = () => {}): void {
  const signed = acknowledgement(agent, notice, said);
  agent.memory.change((draft) => {
    draft.outbox.push({ notice, ...signed });
    draft.answers[notice] = { ...signed, at: new Date().toISOString() };
    edit(draft);
  });
  agent.post();
}
