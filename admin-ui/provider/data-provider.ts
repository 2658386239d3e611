import { type DataProvider, type GetListParams, type RaRecord } from 'react-admin';
import type { DeviceDeed } from '#domain/device.ts';
import type { JointDeed } from '#domain/joint-act.ts';
import type { PolicyDeed } from '#domain/policy-publication.ts';
import type {
  Alarm,
  ApprovalInContext,
  Check,
  CheckedPolicy,
  CampaignShown,
  CampaignSummary,
  Checkpoint,
  DecisionCeremony,
  Delegations,
  DeviceShown,
  DeviceSummary,
  DeviceTicket,
  HistoryEvent,
  FrameworkItem,
  IssuedCode,
  JointActs,
  Letters,
  KeyCeremony,
  ControllerSeen,
  LogStanding,
  Message,
  OfficerCeremony,
  OpenedLeaf,
  Comparison,
  NewestComparison,
  Simulation,
  PolicyCeremony,
  PolicyCalendars,
  PolicyText,
  PolicyVersion,
  OwnKey,
  Report,
  Review,
  ResetEvidence,
  Summary,
} from '../records.ts';
import { periodQuery, type Days } from '../reports/period.ts';
import { cursorBook } from './cursor-book.ts';
import { queryOf } from './query.ts';
import { request } from './request.ts';

/** Where each resource of the console stands in the interface. */
const PATHS: Record<string, string> = { resets: '/resets', approvals: '/approvals', audit: '/audit/events' };

type Page = { items: RaRecord[]; nextCursor?: string | null };
/** `delegation`: under which the page said that one decides. */
export type Stated = { decision: 'approve' | 'deny'; reason: string; delegation?: string };
/** What a security officer does: why, and their key's signature or a fresh code. */
export type Confirmed = { reason: string; by: object };
/** Which comparison a signer of a policy saw, or why they do not wait for one. */
export type SignedBy = { comparison: string } | { reason: string };
export type Told = { message: string };
export type Decided = { state: string; message: string };

export type DeviceFilter = { text: string; state: string };

const cursors = cursorBook<Page>();

function pathOf(resource: string): string {
  const path = PATHS[resource];
  if (!path) throw new Error(`the console knows no resource called ${resource}`);
  return path;
}

async function getList(resource: string, { filter = {}, pagination = { page: 1, perPage: 25 }, signal }: GetListParams) {
  const query = queryOf(filter as Record<string, unknown>);
  query.set('limit', String(pagination.perPage));
  const answer = await cursors.page(`${resource}?${query}`, pagination.page, (cursor) => {
    const asked = new URLSearchParams(query);
    if (cursor) asked.set('cursor', cursor);
    return request<Page>(`${pathOf(resource)}?${asked}`, { signal });
  });
  return { data: answer.items, pageInfo: { hasNextPage: Boolean(answer.nextCursor), hasPreviousPage: pagination.page > 1 } };
}

const unsupported = (): Promise<never> => Promise.reject(new Error('the console changes records only through decisions, codes and keys'));

/**
 * The console's only door to the interface. Lists page by cursor and count nothing; nothing can be created, edited or
 * deleted generically: what a person can do has a name of its own.
 */
export const dataProvider = {
  supportAbortSignal: true,
  getList,
  getOne: async (resource: string, { id, signal }: { id: RaRecord['id']; signal?: AbortSignal }) => ({
    data: await request<RaRecord>(`${pathOf(resource)}/${encodeURIComponent(id)}`, { signal }),
  }),
  getMany: unsupported,
  getManyReference: unsupported,
  create: unsupported,
  update: unsupported,
  updateMany: unsupported,
  delete: unsupported,
  deleteMany: unsupported,

  approval: (id: string, signal?: AbortSignal) => request<ApprovalInContext>(`/approvals/${encodeURIComponent(id)}`, { signal }),
  /** Records one person's decision; the same key gets the first answer again. */
  beginDecision: (approval: string, stated: Stated, key: 'passkey' | 'smart-card' = 'passkey') =>
    request<DecisionCeremony>(`/approvals/${encodeURIComponent(approval)}/ceremony`, { method: 'POST', body: { ...stated, key } }),
  decide: (approval: string, decision: Stated & object, idempotencyKey: string) =>
    request<Decided>(`/approvals/${encodeURIComponent(approval)}/decisions`, { method: 'POST', body: decision, idempotencyKey }),
  /** Ends a reset for good; the same key gets the first answer again. */
  beginLock: (reset: string, reason: string) =>
    request<OfficerCeremony>(`/resets/${encodeURIComponent(reset)}/lock/ceremony`, { method: 'POST', body: { reason } }),
  lock: (reset: string, lock: Confirmed, idempotencyKey: string) =>
    request<Told>(`/resets/${encodeURIComponent(reset)}/lock`, { method: 'POST', body: lock, idempotencyKey }),
  alarms: async (signal?: AbortSignal) => (await request<{ items: Alarm[] }>('/alarms', { signal })).items,
  acknowledge: (alarm: string) => request<Told>(`/alarms/${encodeURIComponent(alarm)}/acknowledgements`, { method: 'POST' }),
  beginBreakGlass: (reset: string, stated: object) =>
    request<DecisionCeremony>(`/resets/${encodeURIComponent(reset)}/break-glass/ceremony`, { method: 'POST', body: stated }),
  breakGlass: (reset: string, body: object, idempotencyKey: string) =>
    request<Told>(`/resets/${encodeURIComponent(reset)}/break-glass`, { method: 'POST', body, idempotencyKey }),
  reviews: async (signal?: AbortSignal) => (await request<{ items: Review[] }>('/reviews', { signal })).items,
  beginReview: (review: string, judged: object) =>
    request<Pick<KeyCeremony, 'ceremony' | 'confirmation'> & { statement: Record<string, unknown>; reasonSalt: string }>(
      `/reviews/${encodeURIComponent(review)}/ceremony`,
      { method: 'POST', body: judged },
    ),
  closeReview: (review: string, body: object, idempotencyKey: string) =>
    request<Told>(`/reviews/${encodeURIComponent(review)}/closing`, { method: 'POST', body, idempotencyKey }),
  /** What this person was told, from where the page before ended. */
  messages: (cursor: string | undefined, signal?: AbortSignal) =>
    request<{ items: Message[]; nextCursor?: string }>(`/messages${cursor === undefined ? '' : `?cursor=${encodeURIComponent(cursor)}`}`, {
      signal,
    }),
  markAsRead: (message: string) => request<Told>(`/messages/${encodeURIComponent(message)}/readings`, { method: 'POST' }),
  campaigns: async (signal?: AbortSignal) => (await request<{ items: CampaignSummary[] }>('/campaigns', { signal })).items,
  campaign: (id: string, signal?: AbortSignal) => request<CampaignShown>(`/campaigns/${encodeURIComponent(id)}`, { signal }),
  beginCampaignDeed: (campaign: string, deed: 'letters' | 'close', reason: string) =>
    request<OfficerCeremony>(`/campaigns/${encodeURIComponent(campaign)}/ceremony`, { method: 'POST', body: { deed, reason } }),
  /** Makes letters. The answer is the only time that their tickets are seen. */
  campaignLetters: (campaign: string, asked: Confirmed & { of?: string }, idempotencyKey: string) =>
    request<Letters>(`/campaigns/${encodeURIComponent(campaign)}/letters`, { method: 'POST', body: asked, idempotencyKey }),
  closeCampaign: (campaign: string, confirmed: Confirmed, idempotencyKey: string) =>
    request<Told>(`/campaigns/${encodeURIComponent(campaign)}/closing`, { method: 'POST', body: confirmed, idempotencyKey }),
  devices: (filter: DeviceFilter, signal?: AbortSignal) =>
    request<{ items: DeviceSummary[]; total: number }>(`/devices?${queryOf(filter)}`, { signal }),
  device: (id: string, signal?: AbortSignal) => request<DeviceShown>(`/devices/${encodeURIComponent(id)}`, { signal }),
  beginDeviceDeed: (deed: DeviceDeed, about: string, reason: string) =>
    request<OfficerCeremony>('/devices/ceremony', { method: 'POST', body: { deed, about, reason } }),
  /** The answer is the only time that the ticket is seen. */
  deviceTicket: (name: string, confirmed: Confirmed, idempotencyKey: string) =>
    request<DeviceTicket>('/device-tickets', { method: 'POST', body: { name, ...confirmed }, idempotencyKey }),
  deviceDeed: (deed: 'approve' | 'revoke', id: string, confirmed: Confirmed, idempotencyKey: string) =>
    request<Told>(`/devices/${encodeURIComponent(id)}/${deed === 'approve' ? 'approval' : 'revocation'}`, {
      method: 'POST',
      body: confirmed,
      idempotencyKey,
    }),
  jointActs: (signal?: AbortSignal) => request<JointActs>('/joint-acts', { signal }),
  /** `confirm`: the act that is to be confirmed. */
  beginAct: (reason: string, confirm?: string) =>
    request<OfficerCeremony>('/joint-acts/ceremony', { method: 'POST', body: { reason, ...(confirm === undefined ? {} : { confirm }) } }),
  propose: (deed: JointDeed, confirmed: Confirmed, idempotencyKey: string) =>
    request<Told>('/joint-acts', { method: 'POST', body: { deed, ...confirmed }, idempotencyKey }),
  /** Confirms what was shown, by its own content too. */
  confirmAct: (act: string, deed: JointDeed, confirmed: Confirmed, idempotencyKey: string) =>
    request<Told>(`/joint-acts/${encodeURIComponent(act)}/confirmations`, {
      method: 'POST',
      body: { deed, ...confirmed },
      idempotencyKey,
    }),
  /** Issues a code for a person who was checked. The answer is the only time that the code is seen. */
  issueCode: (account: string, checked: Check[], idempotencyKey: string) =>
    request<IssuedCode>('/issued-codes', { method: 'POST', body: { account, checked }, idempotencyKey }),
  keys: async (signal?: AbortSignal) => (await request<{ items: OwnKey[] }>('/passkeys', { signal })).items,
  beginKey: (deed: 'add' | 'remove') => request<KeyCeremony>('/passkeys/ceremony', { method: 'POST', body: { deed } }),
  addKey: (key: object, idempotencyKey: string) => request<unknown>('/passkeys', { method: 'POST', body: key, idempotencyKey }),
  removeKey: (id: string, confirmed: object, idempotencyKey: string) =>
    request<unknown>(`/passkeys/${encodeURIComponent(id)}`, { method: 'DELETE', body: confirmed, idempotencyKey }),
  delegations: (signal?: AbortSignal) => request<Delegations>('/delegations', { signal }),
  beginDelegation: (deed: 'make' | 'end') => request<KeyCeremony>('/delegations/ceremony', { method: 'POST', body: { deed } }),
  makeDelegation: (delegation: object, idempotencyKey: string) =>
    request<unknown>('/delegations', { method: 'POST', body: delegation, idempotencyKey }),
  endDelegation: (id: string, confirmed: object, idempotencyKey: string) =>
    request<unknown>(`/delegations/${encodeURIComponent(id)}`, { method: 'DELETE', body: confirmed, idempotencyKey }),
  policies: async (signal?: AbortSignal) => (await request<{ items: PolicyVersion[] }>('/policies', { signal })).items,
  policy: (sha256: string, signal?: AbortSignal) => request<PolicyText>(`/policies/${encodeURIComponent(sha256)}`, { signal }),
  policySchema: (signal?: AbortSignal) => request<object>('/policies/schema', { signal }),
  checkPolicy: (text: string) => request<CheckedPolicy>('/policies/check', { method: 'POST', body: { text } }),
  storePolicy: (text: string) => request<{ sha256: string }>('/policies', { method: 'POST', body: { text } }),
  beginPolicy: (sha256: string, deed: PolicyDeed, by: SignedBy) =>
    request<PolicyCeremony>(`/policies/${encodeURIComponent(sha256)}/ceremony`, { method: 'POST', body: { deed, ...by } }),
  signPolicy: (sha256: string, signed: object, idempotencyKey: string) =>
    request<Told>(`/policies/${encodeURIComponent(sha256)}/signatures`, { method: 'POST', body: signed, idempotencyKey }),
  comparison: (sha256: string, signal?: AbortSignal) =>
    request<NewestComparison>(`/policies/${encodeURIComponent(sha256)}/comparison`, { signal }),
  compare: (sha256: string) => request<Comparison>(`/policies/${encodeURIComponent(sha256)}/comparisons`, { method: 'POST', body: {} }),
  stopComparison: (id: string) => request<Comparison>(`/comparisons/${encodeURIComponent(id)}`, { method: 'DELETE', body: {} }),
  comparedNames: (id: string, { of, change }: { of: string; change: number }, signal?: AbortSignal) =>
    request<{ total: number; names: string[] }>(`/comparisons/${encodeURIComponent(id)}/names?of=${of}&change=${change}`, { signal }),
  calendars: (sha256: string, at: string | undefined, signal?: AbortSignal) =>
    request<PolicyCalendars>(`/policies/${encodeURIComponent(sha256)}/calendars${at ? `?at=${encodeURIComponent(at)}` : ''}`, { signal }),
  simulate: (sha256: string, asked: object) =>
    request<Simulation>(`/policies/${encodeURIComponent(sha256)}/simulations`, { method: 'POST', body: asked }),
  summary: (signal?: AbortSignal) => request<Summary>('/summary', { signal }),
  history: async (reset: string, signal?: AbortSignal) =>
    (await request<{ events: HistoryEvent[] }>(`/resets/${encodeURIComponent(reset)}/history`, { signal })).events,
  evidence: (reset: string, signal?: AbortSignal) => request<ResetEvidence>(`/resets/${encodeURIComponent(reset)}/evidence`, { signal }),
  /** Recorded each time: ask only when somebody said so. */
  openings: (leaf: string) => request<OpenedLeaf>(`/audit/openings/${encodeURIComponent(leaf)}`),
  log: (signal?: AbortSignal) => request<LogStanding>('/log', { signal }),
  controllers: async (signal?: AbortSignal) => (await request<{ items: ControllerSeen[] }>('/controllers', { signal })).items,
  checkpoints: async (signal?: AbortSignal) => (await request<{ items: Checkpoint[] }>('/audit/checkpoints', { signal })).items,
  frameworks: async (signal?: AbortSignal) => (await request<{ items: FrameworkItem[] }>('/reports', { signal })).items,
  /** Recorded with the reader's name, once a minute. */
  report: (framework: string, days: Days, signal?: AbortSignal) =>
    request<Report>(`/reports/${encodeURIComponent(framework)}?${periodQuery(days)}`, { signal }),
  forget: () => cursors.forget(),
};

export type ConsoleProvider = DataProvider & typeof dataProvider;
