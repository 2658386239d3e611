import { isAccepted, type Methods, type Alternative } from './accept.ts';
import { heightOf } from './ladder.ts';
import type { FactorMethod } from './next.ts';

/**
 * Whether this factor is enough to come back to a reset: as strong as what let it in. A passkey or a card always is. A code or a
 * synced passkey is, unless every way in that is whole had something stronger in it; where none is whole, unless nothing but that was shown.
 */
export function bringsBack(method: FactorMethod, accept: readonly Alternative[], passed: Methods): boolean {
  const whole = accept.filter((way) => isAccepted([way], passed));
  const shown = whole.length > 0 ? whole.map(({ factors }) => factors) : passed.factors.map((one) => [one]);
  const strongest = (factors: readonly FactorMethod[]) => Math.max(...factors.map(heightOf));
  return shown.length === 0 || shown.some((factors) => heightOf(method) >= strongest(factors));
}
