import type { Person } from '#activities/verify/people.ts';

/** Whatever may come to the verifier about one waiting reset, or change around it meanwhile. People by their names. */
export type Move =
  | { do: 'decide'; who: string; stage: number; say: 'approve' | 'deny'; with: 'own key' | 'stolen key' | 'unverified key' | 'a code' }
  | { do: 'say again'; nth: number }
  | { do: 'carry over'; who: string; stage: number }
  | { do: 'stand in'; who: string; for: string; stage: number }
  | { do: 'withdraw'; from: string }
  | { do: 'escalate' }
  | { do: 'manager becomes'; who: string }
  | { do: 'leave groups' | 'join officers' | 'be disabled' | 'be back' | 'be reset'; who: string };

interface Vote {
  people: string[];
  stage: number;
}

/**
 * What the bank means by two stages, the manager (later two more) and then two officers, told without the product's rules:
 * who may be heard now, and whether enough different people were.
 */
export class Meant {
  readonly votes: Vote[] = [];
  denied = false;
  escalated = false;
  manager: string;
  readonly reset = new Set<string>();
  readonly withdrawn = new Set<string>();
  readonly #firstManager: string;
  readonly #officers: ReadonlySet<string>;
  readonly #deputies: ReadonlySet<string>;
  readonly #sameHuman: ReadonlyMap<string, string>;
  readonly #person: (name: string) => Person;

  constructor(of: {
    manager: string;
    officers: readonly string[];
    deputies: readonly string[];
    sameHuman: ReadonlyMap<string, string>;
    person: (name: string) => Person;
  }) {
    this.manager = this.#firstManager = of.manager;
    this.#officers = new Set(of.officers);
    this.#deputies = new Set(of.deputies);
    this.#sameHuman = of.sameHuman;
    this.#person = of.person;
  }

  human(name: string): string {
    return this.#sameHuman.get(name) ?? name;
  }

  /** When it was asked for, and by what was opened since. */
  #isListed(name: string, stage: number): boolean {
    return stage === 1 ? this.#officers.has(name) : name === this.#firstManager || (this.escalated && this.#deputies.has(name));
  }

  /** In their own right, then and now. */
  #isEntitled(name: string, stage: number): boolean {
    if (!this.#isListed(name, stage)) return false;
    const { groups } = this.#person(name);
    if (stage === 1) return groups.includes('S-CS-Security-Officers');
    return name === this.manager || (this.escalated && groups.includes('S-CS-Approvers'));
  }

  #isThere(name: string): boolean {
    return this.#person(name).enabled && !this.reset.has(name);
  }

  /** Whoever is not, or holds no role any more, does nothing at the console, withdrawing included. */
  isLetIn(name: string): boolean {
    const { enabled, groups } = this.#person(name);
    return enabled && groups.length > 0;
  }

  #open(): number | undefined {
    if (this.denied) return undefined;
    const has = (stage: number) => this.votes.filter((vote) => vote.stage === stage).length;
    if (has(0) < 1) return 0;
    return has(1) < 2 ? 1 : undefined;
  }

  /** Whether what this person says about this stage is to be heard; in whose place, when they stand in for somebody. */
  isHeard(name: string, stage: number, inPlaceOf?: string): boolean {
    const people = inPlaceOf === undefined ? [name] : [name, inPlaceOf];
    const humans = people.map((one) => this.human(one));
    if (this.#open() !== stage) return false;
    if (humans.includes(this.human('claimant'))) return false;
    if (this.votes.some((vote) => vote.people.some((one) => humans.includes(this.human(one))))) return false;
    if (!people.every((one) => this.#isThere(one))) return false;
    if (inPlaceOf === undefined) return this.#isEntitled(name, stage);
    return !this.withdrawn.has(inPlaceOf) && !this.#isListed(name, stage) && this.#isEntitled(inPlaceOf, stage);
  }

  hear(name: string, stage: number, say: 'approve' | 'deny', inPlaceOf?: string): void {
    if (say === 'deny') this.denied = true;
    else this.votes.push({ people: inPlaceOf === undefined ? [name] : [name, inPlaceOf], stage });
  }

  /** Enough different people, each of whom could say it again now. */
  holdsNow(): boolean {
    if (this.denied || this.#open() !== undefined) return false;
    return this.votes.every(({ people: [name = '', inPlaceOf], stage }) => {
      const there = [name, ...(inPlaceOf ? [inPlaceOf] : [])].every((one) => this.#isThere(one));
      return there && this.#isEntitled(inPlaceOf ?? name, stage) && (inPlaceOf === undefined || !this.withdrawn.has(inPlaceOf));
    });
  }
}
