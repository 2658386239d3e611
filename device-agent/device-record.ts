import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import type { Agent } from './agent.ts';

const settings = z.object({ verb: z.enum(['invalidate', 'deferred']), reportEvery: z.number().int().min(10).max(604_800) });

/** What the portal says of this device (GET /api/v1/device). Its keys are not taken from here: those of the enrolment count. */
const record = z.object({ device: z.string(), state: z.enum(['active', 'waiting', 'revoked']), settings });

const enrolled = z.object({
  device: z.string(),
  state: z.enum(['active', 'waiting']),
  noticeKeys: z.array(z.object({ id: z.string(), publicKey: z.string() })).min(1),
  writerKeys: z.array(z.string()).default([]),
  verb: z.enum(['invalidate', 'deferred']),
});

/**
 * Enrols the device with a ticket that was made for it, or as the computer whose account it has. Whose hashes it takes is pinned only where its settings
 * let it take any. Throws Refused when the portal does not take it.
 */
export async function enrol(
  agent: Pick<Agent, 'portal' | 'memory'>,
  of: { shown: { ticket: string } | { computer: string }; name: string; version: string; takesHashes: boolean },
): Promise<string> {
  const { shown, name, version, takesHashes } = of;
  const said = await agent.portal.ask('POST', '/enrolments', { ...shown, name, platform: 'linux', agent: version });
  const { data: answer } = enrolled.safeParse(said);
  if (!answer)
    throw new Error('The answer of the portal was not understood: it may be newer than this agent. Update the agent, and enrol it again.');
  agent.memory.change((draft) => {
    draft.device = answer.device;
    draft.portalState = answer.state;
    draft.noticeKeys = answer.noticeKeys.map(({ id, publicKey }) => ({ id, publicKey }));
    draft.writerKeys = takesHashes ? answer.writerKeys : [];
    draft.settings.verb = answer.verb;
  });
  return answer.state;
}

/** Takes over what the portal says of this device; whatever is no such record changes nothing. */
export function takeRecord({ memory }: Pick<Agent, 'memory'>, said: unknown): void {
  const read = record.safeParse(said);
  if (!read.success || read.data.device !== memory.now.device) return;
  noteState({ memory }, read.data.state);
  takeSettings({ memory }, read.data.settings);
}

/** Takes over how the portal wants its devices to behave, as the event `settings` says it too; likewise. */
export function takeSettings({ memory }: Pick<Agent, 'memory'>, said: unknown): void {
  const read = settings.safeParse(said);
  if (!read.success || isDeepStrictEqual(read.data, memory.now.settings)) return;
  memory.change((draft) => {
    draft.settings = read.data;
  });
}

/** Notes that the portal takes nothing from this device any more, or does so again. */
export function noteState({ memory }: Pick<Agent, 'memory'>, state: 'active' | 'waiting' | 'revoked'): void {
  if (memory.now.portalState !== state)
    memory.change((draft) => {
      draft.portalState = state;
    });
}
