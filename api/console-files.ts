import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import express, { type Response, type Router } from 'express';
import { compressedFiles } from './compressed-files.ts';
import { consolePolicy } from './security-headers.ts';

/** The console: files of its build, and its one page for every address that is not a file, with a fresh nonce each time. */
export function consoleFiles(folder: string): Router {
  const router = express.Router({ strict: true, caseSensitive: true });
  const files = express.static(folder, {
    index: false,
    redirect: false,
    dotfiles: 'ignore',
    cacheControl: false,
    // Names of built files carry the hash of their content.
    setHeaders: (response, path) =>
      void response.set('Cache-Control', path.includes('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache'),
  });
  router.use(consolePolicy);
  router.use(compressedFiles(join(folder, 'assets')));
  // The page itself is never served as a bare file: its nonce would be missing.
  router.use((request, response, next) => (request.path === '/index.html' ? next() : files(request, response, next)));
  router.get('{*path}', async (request, response, next) => {
    // Addresses within the console are words, ids and slashes; whatever else climbs out of it or means a file.
    if (!/^(\/[\w-]+)*\/?$/.test(request.path)) return next();
    await sendPage(folder, response, next);
  });
  return router;
}

async function sendPage(folder: string, response: Response, next: () => void): Promise<void> {
  const page = await readFile(join(folder, 'index.html'), 'utf8').catch(() => undefined);
  if (page === undefined) return next();
  const nonce: unknown = response.locals['nonce'];
  response
    .set('Cache-Control', 'no-store')
    .type('html')
    .send(page.replaceAll('__CSP_NONCE__', String(nonce)));
}
