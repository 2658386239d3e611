import type { TellingMoment } from '#domain/message.ts';

/** A reset of which people have to be told. */
export interface ResetToTell {
  reset: string;
  moment: TellingMoment;
}
/** A change of somebody's factors, by the row that asks for it. */
export interface FactorsToTell {
  factors: string;
}
export type TellAsked = ResetToTell | FactorsToTell;
/**
 * `people`: whom this call told; `open`: how many devices have not shown it yet, for a change of factors. `unsettled`: the writer does not
 * know yet what became of its write; to be asked again.
 */
export type TellAnswer = { outcome: 'told'; people: number; open?: number } | { outcome: 'unsettled' };

/** What became of a mail; `nothing`: it did not wait. */
export interface SendMailAnswer {
  outcome: 'sent' | 'refused' | 'given-up' | 'nothing';
}
