import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import type { Request, Response } from 'express';
import { FLASH_COOKIE, readCookie, setCookie } from './cookies.ts';
import type { FactorDone } from './pages/my-factors.ts';
import type { Problem } from '#domain/form-problems.ts';

/** What the next page must say, carried over the redirect after a form. Never a code or a password: only what was wrong with it. */
export interface Flash {
  path: string;
  problem: Problem;
  /** What may be shown again, so that nobody types it twice. */
  kept?: {
    account?: string;
    proof?: string;
    /** Whether the box was ticked by which the old password has to die. */
    endOldPassword?: true;
    reference?: string;
    name?: string;
    /** For whom somebody vouches. */
    whom?: string;
    /** Of the form whose key or codes are shown once more, because it was not filled in right. */
    nonce?: string;
  };
  /** What was done: said on top of My factors. */
  said?: FactorDone;
}

const LIFETIME_MS = 60_000;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

export interface Flashes {
  leave(res: Response, flash: Flash): void;
  /** What was left for this page, once: a reload shows the page without it. */
  take(req: Request<object>, res: Response): Flash | undefined;
}

/**
 * Sealed (AES-256-GCM): what is read back was written here, and a browser that keeps its cookies on disk keeps nothing
 * readable, should somebody have typed a password as the account name. `secret` must be at least 32 bytes.
 */
export function flashes(secret: Uint8Array): Flashes {
  const key = createHmac('sha256', secret).update('portal flash').digest();

  function seal(flash: Flash): string {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', key, nonce);
    const sealed = Buffer.concat([cipher.update(JSON.stringify(flash), 'utf8'), cipher.final()]);
    return Buffer.concat([nonce, sealed, cipher.getAuthTag()]).toString('base64url');
  }

  function open(cookie: string): Flash | undefined {
    const bytes = Buffer.from(cookie, 'base64url');
    if (bytes.length <= NONCE_BYTES + TAG_BYTES) return undefined;
    const cipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
    cipher.setAuthTag(bytes.subarray(-TAG_BYTES));
    try {
      const text = Buffer.concat([cipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)), cipher.final()]).toString('utf8');
      return JSON.parse(text) as Flash; // the tag says that leave() wrote it
    } catch {
      return undefined; // not ours, or from before the key was changed
    }
  }

  return {
    leave: (res, flash) => setCookie(res, FLASH_COOKIE, seal(flash), LIFETIME_MS),
    take(req, res) {
      const flash = open(readCookie(req, FLASH_COOKIE) ?? '');
      if (flash?.path !== req.path) return undefined;
      setCookie(res, FLASH_COOKIE, '', 0);
      return flash;
    },
  };
}
