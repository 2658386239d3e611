import type { Directory } from '#activities/directory/connect.ts';
import { guidDn } from '#activities/directory/entry.ts';
import { replaceAttribute } from '../directory/change.ts';

/** Locks an account as many wrong passwords do; lockouts of the demo bank last until somebody ends them. */
export function lockOut(administrator: Directory, guid: string): Promise<void> {
  const fileTime = (BigInt(Date.now()) + 11_644_473_600_000n) * 10_000n;
  return replaceAttribute(administrator, guidDn(guid), 'lockoutTime', String(fileTime));
}

export function letIn(administrator: Directory, guid: string): Promise<void> {
  return replaceAttribute(administrator, guidDn(guid), 'lockoutTime', '0');
}
