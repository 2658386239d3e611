import type { Controller } from './controller.ts';
import type { Found, Place } from './find-controllers.ts';
import type { Standing } from './standing.ts';

/** What somebody wants of a controller. */
export type Want = {
  /** The Active Directory site that the person stands in. */
  site?: string | undefined;
  /** One that takes changes. */
  writable: boolean;
  prefer?: 'pdc' | undefined;
};

/** A controller that may be asked: as DNS names it, or as the list in the settings does (`listed`: its place there). */
export type Candidate = { controller: Controller } & ({ found: Found; listed?: never } | { listed: number; found?: never });

/** How good a choice it is: lower is better, the first difference decides. Those who are equal in `whom` are the same to whoever has a connection. */
export type Rank = {
  whom: readonly [health: number, nearness: number];
  among: readonly [priority: number, slowness: number, order: number];
};

const healths = { good: 0, proving: 1, silent: 2 } as const;

/**
 * Ranks a candidate: one that answers before one that is silent, and last those of whom it is known that they must not be
 * used (`isUnfit`). Then the PDC emulator where it is wanted, the site, the domain, the list in its order. Then the priority of DNS; among equals those that answer in
 * about half the time, and at last the order that was drawn (RFC 2782).
 */
export function rankOf(candidate: Candidate, standing: Standing, want: Want, isUnfit: boolean): Rank {
  const { found, listed } = candidate;
  const site = want.site?.toLowerCase();
  const near = site === undefined ? undefined : found?.sites.get(site);
  const standsThere = site !== undefined && standing.facts?.site?.toLowerCase() === site;
  // Where DNS is asked, its word is the newer one: a controller tells its role to those who sign in, which may be long ago.
  const isPdc = found ? found.isPdc : (standing.facts?.isPdc ?? false);
  const nearness = want.prefer === 'pdc' && isPdc ? 0 : near || standsThere ? 1 : found ? 2 : 3 + listed;
  const place: Place = near ?? found?.domain ?? { priority: listed ?? 0, order: 0 };
  return {
    whom: [isUnfit ? 3 : healths[standing.health], nearness],
    among: [place.priority, slownessOf(standing.milliseconds), place.order],
  };
}

/** Doublings beyond 8 ms, so that small differences do not outweigh the order that the domain's administrators gave. */
function slownessOf(milliseconds: number | undefined): number {
  return milliseconds === undefined ? 0 : Math.max(0, Math.floor(Math.log2(milliseconds / 8)));
}

/** Below zero when `a` is the better choice. */
export function compareRanks(a: Rank, b: Rank): number {
  return firstDifference([...a.whom, ...a.among], [...b.whom, ...b.among]);
}

/** Whether `a` is a better choice than `b` also for somebody who has a connection to `b` already. */
export function isBetterFor(a: Rank, b: Rank): boolean {
  return firstDifference(a.whom, b.whom) < 0;
}

function firstDifference(a: readonly number[], b: readonly number[]): number {
  return a.map((one, at) => one - (b[at] ?? 0)).find((difference) => difference !== 0) ?? 0;
}
