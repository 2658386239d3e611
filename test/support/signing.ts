import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { BREAK_GLASS_TAG, REVIEW_TAG, type ReviewJudgement } from '#domain/break-glass-statement.ts';
import { DECISION_TAG } from '#domain/decision-statement.ts';
import { draftStatement, POLICY_TAG, publishStatement, type PolicyDeed, type Seen } from '#domain/policy-publication.ts';
import {
  closeCampaignStatement,
  confirmStatement,
  lettersStatement,
  lockStatement,
  OFFICER_TAG,
  proposeStatement,
  type JointDeed,
} from '#domain/joint-act.ts';
import { PASSKEY_TAG, removeStatement, type Ceremony } from '#domain/passkey.ts';
import { canonical, type Json } from '#evidence/jcs.ts';
import { challengeOf } from '#evidence/signed-statement.ts';
import type { Answer, Client } from './http-client.ts';
import type { SoftPasskey, Page } from './soft-passkey.ts';

export interface DecisionCeremony {
  ceremony: string;
  statement: { evidence: Json } & Record<string, Json>;
  shown: string[];
  salt: string;
  reasonSalt: string;
  code?: string;
}

type Codes = { totp: string; recoveryCode: string };

/** What the console sends to register a key, confirmed by the two codes. */
export async function registrationOf(http: Client, key: SoftPasskey, page: Page, by: Codes) {
  const begun = await http.post<{ ceremony: string; creation: { challenge: string } }>('/api/v1/passkeys/ceremony', { deed: 'add' });
  assert.equal(begun.status, 201, begun.text);
  const { ceremony, creation } = begun.body;
  return { ceremony, name: 'key of a test', registration: key.register(creation.challenge, page), by };
}

export async function registerKey(http: Client, key: SoftPasskey, page: Page, by: Codes): Promise<void> {
  const answer = await http.post('/api/v1/passkeys', await registrationOf(http, key, page, by));
  assert.equal(answer.status, 201, answer.text);
}

/** What the console sends to remove a key, signed with it. */
export async function removalOf(http: Client, passkey: string, key: SoftPasskey, page: Page) {
  const { body: ceremony } = await http.post<Ceremony>('/api/v1/passkeys/ceremony', { deed: 'remove' });
  const challenge = challengeOf(PASSKEY_TAG, canonical(removeStatement(ceremony, passkey))).toString('base64url');
  return { ceremony: ceremony.ceremony, assertion: key.assert(challenge, page) };
}

export interface Stated {
  decision: 'approve' | 'deny';
  reason: string;
}

/** What is to be signed for a decision, as the console is told. */
export const beginDecision = (http: Client, approval: string, stated: Stated): Promise<Answer<DecisionCeremony>> =>
  http.post(`/api/v1/approvals/${approval}/ceremony`, stated);

/** A decision as the console sends it, signed. `page` and the flags of the key are the caller's to bend. */
export function signedDecision({ ceremony, statement, salt }: DecisionCeremony, stated: Stated, key: SoftPasskey, page: Page) {
  const assertion = key.assert(challengeOf(DECISION_TAG, canonical(statement)).toString('base64url'), page);
  return { ...stated, signature: { ceremony, salt, evidence: statement.evidence, assertion } };
}

/** What the console sends when a security officer signs break-glass. */
export async function signedBreakGlass(
  http: Client,
  reset: string,
  stated: { reason: string; unwitnessed: boolean },
  key: SoftPasskey,
  page: Page,
) {
  const begun = await http.post<DecisionCeremony>(`/api/v1/resets/${reset}/break-glass/ceremony`, stated);
  assert.equal(begun.status, 201, begun.text);
  const { ceremony, statement, salt } = begun.body;
  const assertion = key.assert(challengeOf(BREAK_GLASS_TAG, canonical(statement)).toString('base64url'), page);
  return { ...stated, signature: { ceremony, salt, evidence: statement.evidence, assertion } };
}

/** What the console sends to close a review. */
export async function signedReview(
  http: Client,
  review: string,
  stated: { judgement: ReviewJudgement; finding: string },
  key: SoftPasskey,
  page: Page,
) {
  const begun = await http.post<{ ceremony: string; statement: Json }>(`/api/v1/reviews/${review}/ceremony`, stated);
  assert.equal(begun.status, 201, begun.text);
  const { ceremony, statement } = begun.body;
  const assertion = key.assert(challengeOf(REVIEW_TAG, canonical(statement)).toString('base64url'), page);
  return { ...stated, ceremony, assertion };
}

type PolicyCeremony = Ceremony & { replaces: string; draft: string; seen: Seen };

/** What the console sends to sign a version of the policy. */
export async function signedPolicy(
  http: Client,
  deed: PolicyDeed,
  policy: string,
  key: SoftPasskey,
  page: Page,
  by: { comparison: string } | { reason: string } = { reason: 'A test cannot wait.' },
) {
  const begun = await http.post<PolicyCeremony>(`/api/v1/policies/${policy}/ceremony`, { deed, ...by });
  assert.equal(begun.status, 201, begun.text);
  const { replaces, draft, seen, ceremony, account, notAfter } = begun.body;
  const [mine, over] = [
    { ceremony, account, notAfter },
    { policy, replaces },
  ];
  const statement = deed === 'draft' ? draftStatement(mine, over, seen) : publishStatement(mine, over, draft, seen);
  const assertion = key.assert(challengeOf(POLICY_TAG, canonical(statement)).toString('base64url'), page);
  return { deed, ceremony, replaces, seen, assertion };
}

type Officer = { http: Client; key: SoftPasskey; page: Page };
type Told = Answer<{ id: string; message?: string; code?: string }>;

/** What the console sends for a deed of a security officer, signed with their key. */
async function byOfficer(
  { http, key, page }: Officer,
  path: string,
  body: { reason: string; confirm?: string; deed?: 'letters' | 'close' },
  statement: (ceremony: Ceremony, reason: string) => Json,
) {
  const begun = await http.post<Ceremony & { reasonSalt: string }>(`${path}/ceremony`, body);
  assert.equal(begun.status, 201, begun.text);
  const { reasonSalt, ceremony, account, notAfter } = begun.body;
  const digest = createHash('sha256').update(`${reasonSalt}\n${body.reason}`).digest('hex');
  const text = canonical(statement({ ceremony, account, notAfter }, digest));
  const assertion = key.assert(challengeOf(OFFICER_TAG, text).toString('base64url'), page);
  return { reason: body.reason, by: { ceremony, assertion } };
}

export async function proposeAct(officer: Officer, deed: JointDeed, reason: string): Promise<Told> {
  const signed = await byOfficer(officer, '/api/v1/joint-acts', { reason }, (begun, digest) =>
    proposeStatement(begun, { deed, reason: digest }),
  );
  return officer.http.post('/api/v1/joint-acts', { deed, ...signed });
}

export async function confirmAct(officer: Officer, act: string, deed: JointDeed, reason: string): Promise<Told> {
  const { body } = await officer.http.get<{ items: { id: string; proposerId: string; deed: JointDeed }[] }>('/api/v1/joint-acts');
  const shown = body.items.find(({ id }) => id === act);
  const proposer = shown?.proposerId ?? '';
  const signed = await byOfficer(officer, '/api/v1/joint-acts', { reason, confirm: act }, (begun, digest) =>
    // What a campaign covers is said by the directory, and signed as it was shown.
    confirmStatement(begun, { act, proposer, deed: 'campaign' in deed && shown ? shown.deed : deed, reason: digest }),
  );
  return officer.http.post(`/api/v1/joint-acts/${act}/confirmations`, { deed, ...signed });
}

/** What the console sends to make the letters of a campaign, or to close it. */
export async function signedCampaignDeed(officer: Officer, campaign: string, deed: 'letters' | 'close', reason: string) {
  return byOfficer(officer, `/api/v1/campaigns/${campaign}`, { reason, deed }, (begun, digest) => {
    const said = { campaign, reason: digest };
    return deed === 'letters' ? lettersStatement(begun, said) : closeCampaignStatement(begun, said);
  });
}

export async function lockReset(officer: Officer, reset: string, reason: string): Promise<Told> {
  const path = `/api/v1/resets/${reset}/lock`;
  const signed = await byOfficer(officer, path, { reason }, (begun, digest) => lockStatement(begun, { reset, reason: digest }));
  return officer.http.post(path, signed);
}
