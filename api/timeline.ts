import type { Database } from '#db';
import { titleOf } from '#domain/leaf-words.ts';
import { OPERATION_WORDS, OPERATIONS } from '#domain/operation.ts';
import { isRefusalCode, PASSWORD_REASONS, REFUSALS, type PasswordReason } from '#domain/refusals.ts';
import { trackIn, trackInWords } from '#domain/reset-track.ts';
import { fact, readLeaf, type LeafBody } from './leaf-reading.ts';

export interface TimelineEntry {
  at: string;
  type: string;
  title: string;
  outcome: string;
  who?: string;
  detail?: string;
  attempt?: number;
  leafId: string;
}

/** Names of people by GUID, as they were when they were asked. */
export type Names = ReadonlyMap<string, string>;

const COUNTED = new Set(['proof.checked', 'factor.checked', 'resume.checked', 'password.chosen', 'password.refused', 'write.started']);

/** What happened in a reset, oldest first, in words: one entry a leaf, none left out. */
export async function timelineOf(db: Database, reset: string, names: Names): Promise<TimelineEntry[]> {
  const leaves = await db.leaf.findMany({
    where: { resetId: reset },
    orderBy: { seq: 'asc' },
    select: { id: true, type: true, outcome: true, actor: true, reason: true, body: true, at: true },
  });
  const counts = new Map<string, number>();
  return leaves.map((leaf): TimelineEntry => {
    const body = readLeaf(leaf.body);
    const attempt = (counts.get(leaf.type) ?? 0) + 1;
    counts.set(leaf.type, attempt);
    const who = whoOf(leaf.type, leaf.actor, names);
    const detail = detailOf(leaf.type, leaf.reason, body);
    return {
      at: leaf.at.toISOString(),
      type: leaf.type,
      title: titleOf(leaf.type, leaf.outcome, fact(body, 'state')),
      outcome: leaf.outcome,
      leafId: leaf.id,
      ...(who ? { who } : {}),
      ...(detail ? { detail } : {}),
      ...(COUNTED.has(leaf.type) ? { attempt } : {}),
    };
  });
}

/** By which proofs and factors the claimant has passed. */
export interface Methods {
  proofs: Set<string>;
  factors: Set<string>;
  /** Names of the devices that said that they know the account. */
  knownBy: Set<string>;
}

/** What was shown and accepted in each of these resets. */
export async function methodsOf(db: Database, resets: readonly string[]): Promise<Map<string, Methods>> {
  const passed = { resetId: { in: [...resets] }, type: { in: ['proof.checked', 'factor.checked'] }, outcome: 'success' };
  const leaves = await db.leaf.findMany({ where: passed, select: { resetId: true, type: true, body: true } });
  const all = new Map<string, Methods>();
  const devices = new Map<string, Methods[]>();
  for (const { resetId, type, body } of leaves) {
    const said = readLeaf(body);
    const method = fact(said, 'method');
    if (resetId === null || method === undefined) continue;
    const methods = all.get(resetId) ?? { proofs: new Set(), factors: new Set(), knownBy: new Set() };
    methods[type === 'proof.checked' ? 'proofs' : 'factors'].add(method);
    all.set(resetId, methods);
    const device = method === 'known-device' ? fact(said, 'credential') : undefined;
    if (device !== undefined) devices.set(device, [...(devices.get(device) ?? []), methods]);
  }
  const rows =
    devices.size === 0
      ? []
      : await db.device.findMany({
          where: { id: { in: [...devices.keys()] } },
          orderBy: { name: 'asc' },
          select: { id: true, name: true },
        });
  for (const { id, name } of rows) for (const methods of devices.get(id) ?? []) methods.knownBy.add(name);
  return all;
}

/** Deeds of whoever sits at the portal; their leaves name no actor, since nobody is proven by them yet. */
const BY_CLAIMANT = new Set([
  'reset.requested',
  'proof.checked',
  'factor.checked',
  'resume.checked',
  'operation.chosen',
  'factors.lost',
  'factors.replaced',
  'password.chosen',
  'password.refused',
]);

function whoOf(type: string, actor: string | null, names: Names): string | undefined {
  if (BY_CLAIMANT.has(type)) return 'the claimant';
  if (actor === null) return undefined;
  return actor.startsWith('service:') ? `the ${actor.slice(8).replaceAll('-', ' ')}` : (names.get(actor) ?? actor);
}

/** Reasons are codes; a refused password has several, separated by spaces. */
function detailOf(type: string, reason: string | null, body: LeafBody): string | undefined {
  if (reason !== null) return reason.split(' ').map(wordsOf).join(' ');
  if (body.do?.['endOldPassword'] === true) return ENDS_OLD[type];
  const operation = OPERATIONS.find((one) => one === fact(body, 'operation'));
  if (type === 'operation.chosen' && operation) return OPERATION_WORDS[operation];
  const track = type === 'write.started' && trackIn({ track: fact(body, 'track'), clause: fact(body, 'clause') });
  return track ? trackInWords(track) : fact(body, 'method');
}

const ENDS_OLD: Readonly<Record<string, string>> = {
  'password.chosen': 'Somebody else may know the old password, so it is ended first.',
  'write.started': 'A throw-away password, so that the old one is refused everywhere once the new one is set.',
  'write.result': 'A throw-away password. The old one is refused everywhere once the new one is set.',
  'write.settled': 'A throw-away password.',
};

function wordsOf(reason: string): string {
  if (isRefusalCode(reason)) return REFUSALS[reason].words;
  return Object.hasOwn(PASSWORD_REASONS, reason) ? PASSWORD_REASONS[reason as PasswordReason] : reason; // checked on the same line
}
