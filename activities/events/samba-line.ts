import { isIP } from 'node:net';
import { z } from 'zod';

/** What a controller says of one password that was set, or of one wrong password. `from`: the address that it came from. */
export type ControllerEvent =
  | { kind: 'password'; at: Date; action: 'change' | 'reset'; dn: string; actor: string; from: string | null }
  | { kind: 'failed'; at: Date; account: string; from: string | null; workstation: string | null };

/** `nothing`: a line about something else. `refused`: a line that no controller writes. */
export type LineRead = ControllerEvent | 'nothing' | 'refused';

const text = z.string().max(2048);
const timestamp = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?[+-]\d{4}$/);
/** Samba's audit lines (smb.conf(5), log level; formats as 4.11 and later write them). Fields that nothing here needs are not read. */
const line = z.object({ timestamp, type: z.string().max(64) });
const passwordChange = z.object({
  timestamp,
  passwordChange: z.object({
    statusCode: z.int(),
    action: z.enum(['Change', 'Reset']),
    userSid: z.string().regex(/^S(-\d{1,20}){2,17}$/),
    dn: text,
    remoteAddress: text.nullable(),
  }),
});
const authentication = z.object({
  timestamp,
  Authentication: z.object({
    status: z.string().max(64),
    authDescription: text.nullable(),
    mappedAccount: text.nullable(),
    remoteAddress: text.nullable(),
    workstation: text.nullable(),
  }),
});

/** Of somebody who is there: what was typed for a name that nobody has may be a password. */
const WRONG: ReadonlySet<string> = new Set(['NT_STATUS_WRONG_PASSWORD', 'NT_STATUS_ACCOUNT_LOCKED_OUT']);

/** Reads one line of Samba's dsdb_password_json_audit and auth_json_audit. Believes nothing of its length, form or characters. */
export function readSambaLine(raw: string): LineRead {
  const json = raw.trim();
  // Other classes of the same log: their lines hold what strangers typed, and never begin so.
  if (!json.startsWith('{"timestamp"')) return json.startsWith('{') ? 'refused' : 'nothing';
  const parsed = jsonOf(json);
  const head = line.safeParse(parsed);
  if (!head.success) return 'refused';
  const at = momentOf(head.data.timestamp);
  if (!at) return 'refused';
  if (head.data.type === 'passwordChange') return passwordIn(parsed, at);
  if (head.data.type === 'Authentication') return failureIn(parsed, at);
  return 'nothing';
}

function passwordIn(parsed: unknown, at: Date): LineRead {
  const read = passwordChange.safeParse(parsed);
  if (!read.success) return 'refused';
  const { statusCode, action, userSid, dn, remoteAddress } = read.data.passwordChange;
  if (statusCode !== 0) return 'nothing';
  const from = addressOf(remoteAddress);
  return { kind: 'password', at, action: action === 'Reset' ? 'reset' : 'change', dn, actor: userSid, from };
}

function failureIn(parsed: unknown, at: Date): LineRead {
  const read = authentication.safeParse(parsed);
  if (!read.success) return 'refused';
  const { status, authDescription, mappedAccount, remoteAddress, workstation } = read.data.Authentication;
  if (!WRONG.has(status) || mappedAccount === null || mappedAccount === '') return 'nothing';
  // Of a simple bind Samba names itself as the workstation.
  const named = authDescription?.startsWith('simple bind') === true ? null : shortText(workstation);
  return { kind: 'failed', at, account: mappedAccount, from: addressOf(remoteAddress), workstation: named };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function momentOf(stamp: string): Date | undefined {
  // Date wants a colon in the offset, and milliseconds at the most.
  const at = new Date(stamp.replace(/(\.\d{1,3})\d*/, '$1').replace(/([+-]\d\d)(\d\d)$/, '$1:$2'));
  return Number.isNaN(at.getTime()) ? undefined : at;
}

/** `ipv4:192.0.2.1:49290` without family and port; null for a local socket. */
function addressOf(remote: string | null): string | null {
  const address = /^ipv[46]:(.+):\d{1,5}$/.exec(remote ?? '')?.[1]?.replace(/^\[|\]$/g, '');
  return address !== undefined && isIP(address) !== 0 ? address : null;
}

/** Names of computers, as they call themselves: whatever is no such name is unknown. */
function shortText(name: string | null): string | null {
  const trimmed = name?.replace(/^\\\\/, '') ?? '';
  return /^[\p{L}\p{N}._-]{1,64}$/u.test(trimmed) ? trimmed : null;
}
