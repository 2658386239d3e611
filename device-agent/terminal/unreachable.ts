import { REFUSALS } from '#domain/refusals.ts';
import { Told } from './answers.ts';

/** Nobody there, or not now: worth another try. */
const AWAY = /^(ECONN|EHOST|ENET|EPIPE|ETIMEDOUT|EAI_|ENOTFOUND|ERR_STREAM|ABORT_ERR|UND_)/;
/** Somebody there with another certificate, another name, an outworn one, or older TLS. */
const OUTWORN = ['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID'];

const STOP = 'Type nothing here: no name, no code, no password.';

/** What whoever sits here reads when no answer came that can be trusted. The error itself may quote what was sent and is not shown. */
export function whyNoAnswer({ code = '' }: NodeJS.ErrnoException): Told {
  if (AWAY.test(code)) return new Told('service-unavailable', [REFUSALS['service-unavailable'].words]);
  if (OUTWORN.includes(code))
    return new Told('wrong-server', [
      `The certificate of the server that answers is not valid today, or the clock of this computer is wrong. ${STOP} Tell the help desk.`,
    ]);
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return new Told('wrong-server', [`The server that answers has the certificate of another name. ${STOP} Tell the help desk.`]);
  return new Told('wrong-server', [
    `The server that answers cannot show that it is the one that this computer trusts. ${STOP} Tell the help desk.`,
  ]);
}
