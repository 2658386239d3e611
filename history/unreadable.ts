/** Why a payload was not opened, or not encrypted. */
export type WhyUnreadable = 'no-key' | 'not-encrypted' | 'of-another' | 'broken' | 'no-owner';

const SENTENCES: Record<WhyUnreadable, string> = {
  'no-key':
    'the ring has no such key. Put the ring back from a backup, or copy the ring of another process; without that key nothing opens it',
  'not-encrypted': 'it is not encrypted. Only processes that hold the history keys may speak to workflows',
  'of-another': 'it was encrypted for another workflow or namespace',
  broken: 'it was changed, or encrypted under another key of the same id',
  'no-owner': 'nobody said which workflow it belongs to',
};

/** A payload that this process does not open. The name is one of the closed failures, the words are for the log. */
export class HistoryUnreadable extends Error {
  readonly why: WhyUnreadable;
  constructor(why: WhyUnreadable, which = 'A payload') {
    super(`${which} is refused: ${SENTENCES[why]}.`);
    this.name = 'HistoryUnreadable';
    this.why = why;
  }
}
