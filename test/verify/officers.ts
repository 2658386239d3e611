import { randomUUID } from 'node:crypto';
import { confirmStatement, lockStatement, OFFICER_TAG, proposeStatement, type JointDeed } from '#domain/joint-act.ts';
import type { CampaignCovers } from '#domain/campaign.ts';
import type { Meant } from '#domain/delegation.ts';
import type { Ceremony } from '#domain/passkey.ts';
import type { Json } from '#evidence/jcs.ts';
import type { Page, SoftPasskey } from '#test/support/soft-passkey.ts';
import { assertionOf, begun, codes, keyOf, PAGE } from './keys.ts';
import { enrolled, person, seal, type Enrolled, type OpenReset, type World } from './world.ts';

export const REASON = 'ab'.repeat(32);

/** A security officer with a key of their own, registered by the product's own way. */
export interface Officer extends Enrolled {
  key: SoftPasskey;
}
export async function officerOf(world: World, name: string, facts: object = {}): Promise<Officer> {
  const who = await enrolled(world, person(name, { groups: ['S-CS-Security-Officers'], ...facts }), 9);
  return { ...who, key: await keyOf(world, who) };
}

/** What a scene may bend: with what it is confirmed, what is signed, by whom, where, in which ceremony, and what is sealed. */
export interface How {
  request?: string;
  /** A one-time code in the place of the key: a fresh one, or just this. */
  code?: true | string;
  signer?: Officer;
  page?: Page;
  ceremony?: Ceremony;
  signs?: (statement: Json) => Json;
  sealedAs?: object;
}

/** What is signed says something else in these fields. */
export const bent = (change: Record<string, Json>): How => ({ signs: (statement) => ({ ...(statement as object), ...change }) });

async function confirmation(world: World, who: Enrolled, purpose: string, statement: (ceremony: Ceremony) => Json, how: How) {
  if (how.code !== undefined) return { totp: how.code === true ? (await codes(world, who)).totp : how.code };
  const ceremony = how.ceremony ?? (await begun(world, who, purpose));
  const said = statement(ceremony);
  const signer = how.signer ?? (who as Officer);
  const assertion = assertionOf(signer.key, how.signs ? how.signs(said) : said, how.page ?? PAGE, OFFICER_TAG);
  return { ceremony: ceremony.ceremony, assertion };
}

async function asked(world: World, which: 'proposeJointAct' | 'confirmJointAct', who: Enrolled, value: object, how: How) {
  const request = how.request ?? randomUUID();
  const sealed = await seal(world, 'joint-act', request, { account: who.guid, reason: REASON, ...value, ...how.sealedAs });
  const answer = await world.verifier[which]({ request, account: who.guid, sealed });
  return answer.outcome === 'done' ? { act: answer.act, said: 'done' } : { act: '', said: answer.code };
}

/** Proposes as the console does; answers the act and what was said. */
export async function propose(world: World, who: Enrolled, deed: JointDeed, how: How = {}): Promise<{ act: string; said: string }> {
  const by = await confirmation(world, who, 'joint-act/propose', (ceremony) => proposeStatement(ceremony, { deed, reason: REASON }), how);
  return asked(world, 'proposeJointAct', who, { deed: 'propose', what: deed, by }, how);
}

export async function confirm(world: World, who: Enrolled, act: string, deed: JointDeed, how: How = {}): Promise<string> {
  const row = await world.superuser.jointAct.findUnique({ where: { id: act } });
  const proposer = row?.proposer ?? '';
  const { means, covers } = JSON.parse(row?.proposal ?? '{}') as { means?: Meant; covers?: CampaignCovers };
  const shown: JointDeed = 'delegate' in deed && means ? { ...deed, means } : 'campaign' in deed && covers ? { ...deed, covers } : deed;
  const statement = (ceremony: Ceremony) => confirmStatement(ceremony, { act, proposer, deed: shown, reason: REASON });
  const by = await confirmation(world, who, `joint-act/confirm/${act}`, statement, how);
  return (await asked(world, 'confirmJointAct', who, { deed: 'confirm', act, what: deed, by }, how)).said;
}

export async function lock(
  world: World,
  { reset, run, account }: OpenReset,
  who: Enrolled,
  how: How & { updateId?: string } = {},
): Promise<string> {
  const statement = (ceremony: Ceremony) => lockStatement(ceremony, { reset, reason: REASON });
  const by = await confirmation(world, who, `lock/${reset}`, statement, how);
  const sealed = await seal(world, 'lock', reset, { account: who.guid, reason: REASON, by, ...how.sealedAs });
  const updateId = how.updateId ?? randomUUID();
  const answer = await world.verifier.confirmLock({ reset, run, account, officer: who.guid, reason: REASON, updateId, sealed });
  return answer.outcome === 'confirmed' ? 'locked' : answer.code;
}
