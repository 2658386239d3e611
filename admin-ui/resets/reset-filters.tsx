import { RESET_STATES } from '#domain/reset-state.ts';
import { FilterChoice } from '../frame/filter-choice.tsx';
import { FilterField } from '../frame/filter-field.tsx';
import { Filters } from '../frame/filters.tsx';
import { useSay } from '../say.ts';

export function ResetFilters() {
  const say = useSay();
  return (
    <Filters>
      <FilterChoice name="state" label={say('resets.stateFilter')} choices={RESET_STATES.map((state) => [state, say(`state.${state}`)])} />
      <FilterField name="account" label={say('resets.accountFilter')} width={280} />
    </Filters>
  );
}
