/** What an error of the line says, and what it means for whoever has to mend it. */
const MEANINGS: readonly (readonly [said: RegExp, words: string])[] = [
  [/ECONNREFUSED/, 'It refuses connections at port 636: see whether it runs.'],
  [/ETIMEDOUT|deadline|[Tt]imed out|timeout/, 'It did not answer in time.'],
  [/EHOSTUNREACH|ENETUNREACH/, 'No way through the network leads to it.'],
  [/ENOTFOUND|ENODATA|ESERVFAIL/, 'The name server does not know its name.'],
  [/CERT|SELF_SIGNED|UNABLE_TO_VERIFY|certificate|issuer/i, 'Its certificate is not of the pinned authority, or not for its name.'],
  [/ECONNRESET|EPIPE|closed|socket|disconnected/i, 'It broke the connection off.'],
];

/** Why a controller is silent, in words; what was said itself when nobody knows what that means. */
export function silenceInWords(why: string): string {
  return MEANINGS.find(([said]) => said.test(why))?.[1] ?? why.slice(0, 200);
}
