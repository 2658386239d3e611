import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { RequestHandler } from 'express';

const pack = {
  // Quality 9: the console's megabyte in a second, once; 11 takes many.
  br: (content: Buffer) => promisify(brotliCompress)(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }),
  gzip: (content: Buffer) => promisify(gzip)(content, { level: 9 }),
};

/**
 * Serves the scripts of a build compressed, each compressed once and kept: their names carry the hash of their content.
 * They hold nothing of anybody, so compression gives nothing away (BREACH). Whatever is no such file goes on.
 */
export function compressedFiles(assetsFolder: string): RequestHandler {
  const packed = new Map<string, Promise<Buffer>>();

  return async (request, response, next) => {
    const name = basename(request.path);
    const encoding = (['br', 'gzip'] as const).find((known) => request.acceptsEncodings(known) === known);
    if (request.method !== 'GET' || !encoding || request.path !== `/assets/${name}` || !/^[\w-]+\.(js|css)$/.test(name)) return next();
    const key = `${encoding} ${name}`;
    const body = packed.get(key) ?? readFile(join(assetsFolder, name)).then((content) => pack[encoding](content));
    packed.set(key, body);
    const bytes = await body.catch(() => undefined);
    if (!bytes) {
      packed.delete(key);
      return next();
    }
    response
      .set({ 'Cache-Control': 'public, max-age=31536000, immutable', 'Content-Encoding': encoding, Vary: 'Accept-Encoding' })
      .type(name.endsWith('.js') ? 'text/javascript' : 'text/css')
      .end(bytes);
  };
}
