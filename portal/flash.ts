import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Request, Response } from 'express';
import { FLASH_COOKIE, readCookie, setCookie } from './cookies.ts';
import type { Problem } from './problems.ts';

/** What the next page must say, carried over the redirect after a form. Never a code or a password: only what was wrong with it. */
export interface Flash {
  path: string;
  problem: Problem;
  /** Fields that may be shown again: which kind of code was chosen, the reference. */
  kept?: { proof?: string; reference?: string };
}

const LIFETIME_MS = 60_000;

export interface Flashes {
  leave(res: Response, flash: Flash): void;
  /** What was left for this page, once: a reload shows the page without it. */
  take(req: Request, res: Response): Flash | undefined;
}

/** Signed, so that what is read back was written here and needs no further check. `secret` must be at least 32 bytes. */
export function flashes(secret: Uint8Array): Flashes {
  const sign = (body: string): Buffer => createHmac('sha256', secret).update(`portal flash\n${body}`).digest();

  return {
    leave(res, flash) {
      const body = Buffer.from(JSON.stringify(flash)).toString('base64url');
      setCookie(res, FLASH_COOKIE, `${body}.${sign(body).toString('base64url')}`, LIFETIME_MS);
    },
    take(req, res) {
      const [body, signature] = readCookie(req, FLASH_COOKIE)?.split('.') ?? [];
      if (body === undefined || signature === undefined) return undefined;
      const expected = sign(body);
      const sent = Buffer.from(signature, 'base64url');
      if (sent.length !== expected.length || !timingSafeEqual(sent, expected)) return undefined;
      const flash = JSON.parse(Buffer.from(body, 'base64url').toString('utf8')) as Flash; // the signature says that leave() wrote it
      if (flash.path !== req.path) return undefined;
      setCookie(res, FLASH_COOKIE, '', 0);
      return flash;
    },
  };
}
