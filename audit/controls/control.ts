import type { LeafType } from '#domain/leaf-types.ts';

/** One test of this repository, by its file and its exact title. */
export interface Proof {
  readonly file: string;
  readonly title: string;
}

interface Row {
  /** The id of the clause in its own document. */
  readonly clause: string;
  /** What it asks for, in our words and as far as a password reset is concerned. Never the text of the document. */
  readonly requirement: string;
  /** What the product does about it. */
  readonly how: string;
  /** Where another framework asks for the opposite, and which one counts here. */
  readonly conflict?: string;
}

/** `met`: the product does it as it is installed. `in part` and `bank`: `bank` says what the bank must do itself. */
type Standing = { readonly status: 'met'; readonly bank?: string } | { readonly status: 'in part' | 'bank'; readonly bank: string };

/** The leaves that show that it happened, and the tests that show that it cannot be left out; without a leaf it says why. */
type Evidence =
  | { readonly leaves: readonly [LeafType, ...LeafType[]]; readonly tests: readonly [Proof, ...Proof[]] }
  | { readonly leaves: readonly []; readonly testOnly: string; readonly tests: readonly [Proof, ...Proof[]] };

/** One row of the control map: a clause, how it is met, who has to do the rest, and by what that is proven. */
export type Control = Row & Standing & Evidence;

export interface Framework {
  readonly id: 'rbi' | 'iso-27001' | 'nist-63b' | 'pci-dss';
  readonly title: string;
  readonly edition: string;
  /** How its clauses were read, for whoever wants to quote them. */
  readonly note: string;
  readonly controls: readonly Control[];
}

/** Tests of one file. */
export function provenBy(file: string, first: string, ...more: readonly string[]): readonly [Proof, ...Proof[]] {
  return [{ file, title: first }, ...more.map((title) => ({ file, title }))];
}
