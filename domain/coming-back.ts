import { isAccepted, type Methods, type Alternative } from './accept.ts';
import type { FactorMethod } from './next.ts';
import { isMultiFactor } from './reset-track.ts';

/**
 * Whether this factor is enough to come back to a reset: as strong as what let it in. A key or a card always is. A code is, unless every
 * way in that is whole had a key or a card in it; where none is whole, unless nothing but those was shown.
 */
export function bringsBack(method: FactorMethod, accept: readonly Alternative[], passed: Methods): boolean {
  if (isMultiFactor(method)) return true;
  const whole = accept.filter((way) => isAccepted([way], passed));
  const shown = whole.length > 0 ? whole.map(({ factors }) => factors) : passed.factors.map((one) => [one]);
  return shown.length === 0 || shown.some((factors) => !factors.some(isMultiFactor));
}
