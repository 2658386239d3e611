import { REFUSALS } from '#domain/refusals.ts';
import { whyNoAnswer, type NoAnswer } from '../no-answer.ts';
import { Told } from './answers.ts';

/** Nobody there, or not now: worth another try. */
const AWAY: readonly NoAnswer[] = ['name-not-found', 'name-not-looked-up', 'refused', 'no-way', 'silence', 'broken-off'];
const STOP = 'Type nothing here: no name, no code, no password.';
const OTHER = 'The server that answers cannot show that it is the one that this computer trusts.';
const NOT_TODAY = 'The certificate of the server that answers is not valid today, or the clock of this computer is wrong.';

/** Somebody there with another certificate, another name, an outworn one, or older TLS. */
const WRONG: Partial<Record<NoAnswer, string>> = {
  expired: NOT_TODAY,
  'not-yet-valid': NOT_TODAY,
  'other-name': 'The server that answers has the certificate of another name.',
};

/** What whoever sits here reads when no answer came that can be trusted. The error itself may quote what was sent and is not shown. */
export function noAnswerInWords(error: unknown): Told {
  const why = whyNoAnswer(error);
  if (AWAY.includes(why)) return new Told('service-unavailable', [REFUSALS['service-unavailable'].words]);
  return new Told('wrong-server', [`${WRONG[why] ?? OTHER} ${STOP} Tell the help desk.`]);
}
