import { LEAF_TYPES } from '#domain/leaf-types.ts';
import { FilterChoice } from '../frame/filter-choice.tsx';
import { FilterField } from '../frame/filter-field.tsx';
import { Filters } from '../frame/filters.tsx';
import { OUTCOMES } from '../records.ts';
import { useSay } from '../say.ts';

export function AuditFilters() {
  const say = useSay();
  return (
    <Filters>
      <FilterChoice name="type" label={say('audit.type')} choices={Object.keys(LEAF_TYPES).map((type) => [type, type])} width={230} />
      <FilterChoice
        name="outcome"
        label={say('audit.outcome')}
        choices={OUTCOMES.map((outcome) => [outcome, say(`outcome.${outcome}`)])}
        width={160}
      />
      <FilterField name="account" label={say('audit.account')} width={180} />
      <FilterField name="reset" label={say('audit.reset')} width={320} maxLength={64} />
      <FilterField name="from" label={say('audit.from')} type="date" width={170} />
      <FilterField name="to" label={say('audit.to')} type="date" width={170} />
    </Filters>
  );
}
