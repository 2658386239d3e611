import type { Payload } from '@temporalio/common';
import { keyIdOf } from './cipher.ts';

/** A history in Temporal's JSON form, as `historyToJSON` of the SDK writes it and its replay reads it. */
export interface HistoryJson {
  events: object[];
}

/** Never encrypted by the SDK: search attributes, headers, and what its core notes for itself in markers. */
const IN_CLEAR = new Set(['searchAttributes', 'header']);
const CORE_NOTES: Record<string, string> = { core_local_activity: 'data', core_patch: 'patch-data' };

/**
 * The same history with every payload replaced that the codec may have encrypted, wherever it stands: one walk serves
 * every kind of event, those of later servers too. A failure whose words are thereby in clear says them itself.
 */
export function rewritePayloads(history: HistoryJson, change: (payload: Payload) => Payload): HistoryJson {
  return walk(history, change) as HistoryJson; // the same shape, by construction
}

function walk(value: unknown, change: (payload: Payload) => Payload, marker?: string): unknown {
  if (Array.isArray(value)) return value.map((one) => walk(one, change));
  if (typeof value !== 'object' || value === null) return value;
  const node = value as Record<string, unknown>;
  if (isPayload(node)) return toJson(change(fromJson(node)));
  const note = marker === undefined ? undefined : CORE_NOTES[marker];
  const walked = Object.fromEntries(
    Object.entries(node).map(([name, part]) => [
      name,
      IN_CLEAR.has(name) || name === note ? part : walk(part, change, name === 'details' ? markerName(node) : undefined),
    ]),
  );
  return withWords(walked);
}

const markerName = ({ markerName }: Record<string, unknown>): string | undefined =>
  typeof markerName === 'string' ? markerName : undefined;

type JsonPayload = { metadata: Record<string, string>; data?: string };

const isPayload = (node: object): node is JsonPayload => 'metadata' in node && typeof node.metadata === 'object' && node.metadata !== null;

function fromJson({ metadata, data }: JsonPayload): Payload {
  const entries = Object.entries(metadata).map(([name, text]) => [name, Buffer.from(text, 'base64')] as const);
  return { metadata: Object.fromEntries(entries), data: Buffer.from(data ?? '', 'base64') };
}

function toJson({ metadata, data }: Payload): JsonPayload {
  const entries = Object.entries(metadata ?? {}).map(([name, bytes]) => [name, Buffer.from(bytes).toString('base64')] as const);
  return { metadata: Object.fromEntries(entries), data: Buffer.from(data ?? []).toString('base64') };
}

/** A failure whose words were opened says them where everybody looks. */
function withWords(node: Record<string, unknown>): Record<string, unknown> {
  const { encodedAttributes, ...failure } = node;
  if (typeof encodedAttributes !== 'object' || encodedAttributes === null || !isPayload(encodedAttributes)) return node;
  const payload = fromJson(encodedAttributes);
  if (keyIdOf(payload) !== undefined) return node;
  const { message, stack_trace } = JSON.parse(Buffer.from(payload.data ?? []).toString('utf8')) as { message: string; stack_trace: string };
  return { ...failure, message, stackTrace: stack_trace };
}
