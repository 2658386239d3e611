/** A moment as directories write it, YYYYMMDDHHMMSS and a fraction, in UTC (GeneralizedTime, RFC 4517 §3.3.13); undefined for anything else. */
export function generalizedTime(text: string | undefined): Date | undefined {
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:[.,]\d+)?Z$/.exec(text ?? '') ?? [];
  const at = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(at.getTime()) ? undefined : at;
}
