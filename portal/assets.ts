import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import type { Request, Response } from 'express';
import { secureHeaders } from './headers.ts';

const TYPES = {
  'portal.css': 'text/css; charset=utf-8',
  'portal.js': 'text/javascript; charset=utf-8',
  'choosing.js': 'text/javascript; charset=utf-8',
  'icon.svg': 'image/svg+xml',
} as const;
export type AssetName = keyof typeof TYPES;

interface Asset {
  /** Carries a digest of the content, so that browsers may keep it for ever and still see a new one at once. */
  url: string;
  type: string;
  bodies: Record<'br' | 'gzip' | 'identity', Buffer>;
}

/** The portal's files, read and compressed once. Pages themselves stay uncompressed: they hold tokens beside what people typed (BREACH). */
export function loadAssets(): Record<AssetName, Asset> {
  return {
    'portal.css': load('portal.css', ['page.css', 'forms.css', 'notices.css']),
    'portal.js': load('portal.js'),
    'choosing.js': load('choosing.js', ['../../domain/password-rules.ts', 'choosing.js']),
    'icon.svg': load('icon.svg'),
  };
}

function load(name: AssetName, parts: readonly string[] = [name]): Asset {
  const content = Buffer.from(parts.map(textOf).join(''));
  const digest = createHash('sha256').update(content).digest('base64url').slice(0, 12);
  return {
    url: `/portal/${name}?v=${digest}`,
    type: TYPES[name],
    bodies: { br: brotliCompressSync(content), gzip: gzipSync(content), identity: content },
  };
}

/** Rules of the domain go to browsers as they are, without their types: they import types only. */
function textOf(part: string): string {
  const text = readFileSync(new URL(`./assets/${part}`, import.meta.url), 'utf8');
  return part.endsWith('.ts') ? stripTypeScriptTypes(text) : text;
}

export function sendAsset(req: Request, res: Response, asset: Asset): void {
  const encoding = (['br', 'gzip'] as const).find((name) => req.acceptsEncodings(name) === name) ?? 'identity';
  secureHeaders(res);
  res.set({ 'Cache-Control': 'public, max-age=31536000, immutable', Vary: 'Accept-Encoding', 'Content-Type': asset.type });
  if (encoding !== 'identity') res.set('Content-Encoding', encoding);
  res.end(asset.bodies[encoding]);
}
