import { randomInt } from 'node:crypto';
import { type Controller, type DirectorySettings, discard, newClient } from './controller.ts';
import { messageOf } from './errors.ts';
import { findControllers } from './find-controllers.ts';
import { nameServers, type NameServers } from './name-servers.ts';
import { compareRanks, isBetterFor, rankOf, type Candidate, type Rank, type Want } from './order.ts';
import { readRootDse, whyUnfit } from './root-dse.ts';
import { standings, type Standing, type Standings } from './standing.ts';

/** One controller as an operator sees it. `from`: who names it. `unfit`: why it must not be used for this. */
export type ControllerView = Pick<Controller, 'url' | 'servername'> &
  Standing & { from: 'site' | 'domain' | 'list'; isPdc: boolean; unfit: string | undefined };

/** The controllers of one directory, and what this process knows of each: shared by all its connections. */
export type Controllers = Pick<Standings, 'fellSilent' | 'answered'> & {
  /** Those to be asked, the best first. Waits for DNS as long as nothing is known. */
  inOrder: (want: Want) => Promise<Controller[]>;
  /** Whether somebody who is connected to this one should stay: nobody better answers, and it is named still. */
  isStillRight: (controller: Controller, want: Want) => boolean;
  /** The controller that a URL of ours names, also when it is named no more; undefined when it never was one of this directory's. */
  named: (url: string) => Controller | undefined;
  /** Asks DNS again when it is time, and looks at those of whom nothing was heard for long. With `askedMs` at all of whom nothing was heard for so long, a single one too. One round at a time; never throws. */
  tend: (askedMs?: number) => Promise<void>;
  /** Asks DNS and looks at every one of them now; never throws. */
  look: () => Promise<void>;
  /** What is known of each, the best first. */
  views: (want: Want) => ControllerView[];
  /** Why there may be none, in words. */
  silence: () => string | undefined;
};

export type Circumstances = {
  now?: () => number;
  /** A whole number from 0 to `most`, both included. */
  draw?: (most: number) => number;
  names?: (servers: readonly string[]) => NameServers;
  /** Hears when a controller falls silent or is good again. */
  told?: (url: string, became: 'silent' | 'good') => void;
};

const askDnsMs = 5 * 60_000;
const askDnsAgainMs = 30_000;
/** A round looks at so many, the best ones: what is never used need not be known. */
const lookedAt = 8;

/** Nothing is asked before the first call. Throws when the settings cannot be right: no controller and no way to find one, a plain URL, an odd domain. */
export function controllersOf(
  settings: DirectorySettings,
  { now = Date.now, draw = drawn, names = nameServers, told }: Circumstances,
): Controllers {
  for (const controller of settings.controllers) newClient(settings, controller);
  const asked = settings.find && names(settings.find.servers);
  const finder = settings.find && asked && findControllers(settings.baseDn, settings.find, asked, draw);
  if (!finder && settings.controllers.length === 0) throw new Error('no controller is configured, and no name server to find one');
  // Where name servers are named, no others are asked, for the list neither.
  const list = settings.controllers.map((controller) => (asked ? { ...controller, lookup: asked.lookup } : controller));
  const standing = standings(now, told);
  let asking: Promise<void> | undefined;
  let askAt = 0;
  let tending: Promise<void> | undefined;

  const askDns = (): Promise<void> => {
    asking ??= (finder?.ask() ?? Promise.resolve()).finally(() => {
      asking = undefined;
      askAt = now() + (finder?.silence() === undefined ? askDnsMs : askDnsAgainMs);
      // Names that came and went, or were made up, must not fill the memory.
      standing.keep(new Set(candidates().map(({ controller }) => controller.url)));
    });
    return asking;
  };

  const candidates = (): Candidate[] => [
    ...(finder?.found() ?? []).map((found) => ({ controller: found.controller, found })),
    ...list.map((controller, listed) => ({ controller, listed })),
  ];

  const unfitness = (controller: Controller, want: Want): string | undefined => {
    const { facts } = standing.of(controller.url);
    return facts && whyUnfit(facts, controller, settings, want.writable);
  };

  const ranked = (want: Want): { candidate: Candidate; rank: Rank }[] =>
    candidates()
      .map((candidate) => {
        const { controller } = candidate;
        const isUnfit = unfitness(controller, want) !== undefined;
        return { candidate, rank: rankOf(candidate, standing.of(controller.url), want, isUnfit) };
      })
      .toSorted((a, b) => compareRanks(a.rank, b.rank));

  async function lookAt(controller: Controller): Promise<void> {
    const client = newClient(settings, controller);
    try {
      standing.answered(controller.url, await readRootDse(client, controller));
    } catch (error) {
      standing.fellSilent(controller.url, messageOf(error));
    } finally {
      discard(client);
    }
  }

  async function round(askedMs?: number): Promise<void> {
    if (finder && now() >= askAt) await askDns();
    const all = ranked({ site: settings.find?.site, writable: false, prefer: settings.prefer });
    // Of a single one there is nothing to choose: whoever needs it asks it.
    if (all.length < 2 && askedMs === undefined) return;
    for (const { candidate } of all.slice(0, lookedAt))
      if (standing.isDue(candidate.controller.url, askedMs)) await lookAt(candidate.controller);
  }

  return {
    fellSilent: standing.fellSilent,
    answered: standing.answered,
    async inOrder(want) {
      if (want.site !== undefined && finder?.about(want.site)) askAt = Math.min(askAt, now());
      // With a list to go on, the first answer is waited for once.
      const mustWait = askAt === 0 || list.length === 0;
      if (finder && mustWait && finder.found().length === 0 && (asking || now() >= askAt)) await askDns();
      return ranked(want).map(({ candidate }) => candidate.controller);
    },
    isStillRight(controller, want) {
      const [best, ...others] = ranked(want);
      const own = [best, ...others].find((one) => one?.candidate.controller.url === controller.url);
      return best !== undefined && own !== undefined && !isBetterFor(best.rank, own.rank);
    },
    named: (url) => list.find((one) => one.url === url) ?? finder?.named(url),
    tend(askedMs) {
      tending ??= round(askedMs).finally(() => (tending = undefined));
      return tending;
    },
    async look() {
      if (finder) await askDns();
      await Promise.all(candidates().map(({ controller }) => lookAt(controller)));
    },
    views: (want) =>
      ranked(want).map(({ candidate: { controller, found } }) => {
        const { url, servername } = controller;
        const known = standing.of(url);
        const isNear = want.site !== undefined && found?.sites.has(want.site.toLowerCase());
        return {
          url,
          servername,
          ...known,
          from: !found ? 'list' : isNear ? 'site' : 'domain',
          isPdc: known.facts?.isPdc ?? found?.isPdc ?? false,
          unfit: unfitness(controller, want),
        };
      }),
    silence: () => finder?.silence(),
  };
}

function drawn(most: number): number {
  return randomInt(0, most + 1);
}
