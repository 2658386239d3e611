import type { FactorMethod, ProofMethod } from './next.ts';
import type { Operation } from './operation.ts';
import type { PasswordPolicy } from './password-rules.ts';
import type { PasswordDemands } from './policy.ts';
import type { RefusalCode } from './refusals.ts';
import type { Answer } from './rule-choice.ts';
import type { DueTimer } from './stage-timers.ts';
import type { TellWhen } from './telling.ts';

/** Somebody who could come to decide a stage; `why` says why they could not now. */
export interface CouldApprove {
  guid: string;
  name: string;
  /** Comes to the stage by an escalation only. */
  later: boolean;
  /** The rule asks for a key, and they have none yet. */
  needsKey: boolean;
  why: RefusalCode | null;
}

export interface SimulatedStage {
  label: string;
  needs: number;
  beside: boolean;
  calendar: string | null;
  people: CouldApprove[];
  /** If it opened at the moment that was asked about. */
  timers: DueTimer[];
}

/** A rule that was looked at, in the order of the policy, with each of its conditions in words. */
export interface LookedAt {
  id: string;
  answer: Answer;
  conditions: { words: string; answer: Answer }[];
  /** Groups that it hangs on and the directory does not have. */
  missing: string[];
}

export interface SimulatedWay {
  name: string;
  proofs: ProofMethod[];
  factors: FactorMethod[];
  /** What the account is not enrolled for. */
  lacks: (ProofMethod | FactorMethod)[];
  /** Without the help desk. */
  alone: boolean;
}

/** Who would be told at one moment, as the directory stands. The approvers are known once they have decided, and are only named so. */
export interface SimulatedTelling {
  when: TellWhen;
  /** By what a rule or the floor tells them, in words. */
  whom: string[];
  people: string[];
}

/** What would happen if somebody named this account at this moment. */
export interface Simulation {
  name: string;
  accountName: string;
  isProtected: boolean;
  networks: string[];
  at: string;
  served: boolean;
  /** Up to the one that fits; none follows one of which it cannot be said. */
  rules: LookedAt[];
  rule: string | null;
  /** What may be done under it. */
  may: Operation[];
  ways: SimulatedWay[];
  /** How it ends behind proof and factor, whatever the rule says. */
  state: RefusalCode | null;
  stages: SimulatedStage[];
  /** Different people can fill all stages. */
  feasible: boolean;
  /** What is asked of whoever has lost every factor, in words, and who could approve it; null where the rule does not allow it. */
  replacement: { words: string; stages: SimulatedStage[]; feasible: boolean } | null;
  /** The condition by which somebody who holds nothing today would set up a first app with the password alone; null when there is none. */
  firstFactor: string | null;
  telling: SimulatedTelling[];
  password: { demands: PasswordDemands; directory: PasswordPolicy } | null;
}

/** The simulation, or which accounts the name could mean instead. */
export type SimulationAnswer = ({ found: true } & Simulation) | { found: false; similar: { accountName: string; name: string }[] };
