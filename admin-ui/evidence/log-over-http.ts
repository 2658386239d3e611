import { tilePath, tilesOf, type Tile } from '#evidence/tiles.ts';
import type { ProofParts } from '#evidence/merkle-proof.ts';

/** A partial tile went away because a larger tree was published meanwhile (tlog-tiles): begin again with the newer checkpoint. */
export class Moved extends Error {}

async function fetched(path: string): Promise<Response> {
  const answer = await fetch(`/log/${path}`, { credentials: 'same-origin' });
  if (answer.status === 404 && path.startsWith('tile/')) throw new Moved();
  if (!answer.ok) throw new Error(`/log/${path} answered ${answer.status}`);
  return answer;
}

export const fetchCheckpoint = async (): Promise<string> => (await fetched('checkpoint')).text();
export const fetchPolicy = async (): Promise<string> => (await fetched('policy')).text();

/** Every tile that these paths need of a log of this size, and how evidence/ reads them. Throws Moved. */
export async function fetchTiles(parts: readonly ProofParts[], size: bigint): Promise<(tile: Tile) => Uint8Array> {
  const tiles = new Map<string, Uint8Array>();
  const needed = tilesOf(parts.flat(2), size).map(tilePath);
  await Promise.all(needed.map(async (path) => tiles.set(path, new Uint8Array(await (await fetched(path)).arrayBuffer()))));
  return (tile) => tiles.get(tilePath(tile)) ?? new Uint8Array();
}
