import { normalisePassword } from '#domain/password-rules.ts';
import { type Controller, type DirectorySettings, discard, limits, newClient, withDeadline } from './controller.ts';
import { bindAnswer, bindCode, type PasswordAnswer } from './errors.ts';

/** `code` is what the controller called it, such as `LDAP 49, data 52e`; absent when it was not asked or did not answer. */
export type PasswordTrial = { answer: PasswordAnswer; code?: string; controller?: Controller };

/** Longer than any password that Countersign sets; Samba drops a connection over a very long one. */
const longest = 256;

/** Answers that a controller gives only to the right password, so they prove that it is known. `locked` is given to any. */
const proving: ReadonlySet<PasswordAnswer> = new Set([
  'ok',
  'expired-password',
  'must-change',
  'disabled',
  'account-expired',
  'logon-hours',
  'workstation',
]);

/** Whether an answer proves that the password is the account's. Note that a controller may accept the previous one for an hour. */
export function provesPassword(answer: PasswordAnswer): boolean {
  return proving.has(answer);
}

/**
 * Tries a password by a simple bind on a connection of its own (a failed bind on a shared one keeps the old identity).
 * `name` is a UPN, NETBIOS\name or DN. An empty, over-long or unsendable password is 'wrong' without asking, because
 * RFC 4513 5.1.2 makes a bind without password succeed. A wrong one counts towards the account's lockout, once: the next
 * controller is asked only when the first gave no answer. `controller` asks that one alone.
 */
export async function tryPassword(
  settings: DirectorySettings,
  name: string,
  password: string,
  options: { controller?: Controller } = {},
): Promise<PasswordTrial> {
  const text = normalisePassword(password);
  if (text === '' || text.length > longest || !text.isWellFormed() || text.includes('\0') || !isBindName(name)) return { answer: 'wrong' };
  const controllers = options.controller ? [options.controller] : settings.controllers;
  for (const controller of controllers) {
    const trial = await ask(settings, controller, name, text);
    if (trial.answer !== 'unavailable') return { ...trial, controller };
  }
  return { answer: 'unavailable' };
}

/** Also keeps names such as EXTERNAL and PLAIN away from ldapts, which takes them for SASL mechanisms. */
function isBindName(name: string): boolean {
  return name.length <= 1024 && /[@\\=]/.test(name) && !/\p{Cc}/u.test(name);
}

async function ask(settings: DirectorySettings, controller: Controller, name: string, password: string): Promise<PasswordTrial> {
  const client = newClient(settings, controller);
  try {
    await withDeadline(client.bind(name, password), limits.connectMs + limits.operationMs, 'a bind');
    return { answer: 'ok', code: 'LDAP 0' };
  } catch (error) {
    const code = bindCode(error);
    return { answer: bindAnswer(error) ?? 'unavailable', ...(code ? { code } : {}) };
  } finally {
    discard(client);
  }
}
