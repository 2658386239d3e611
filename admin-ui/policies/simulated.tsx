import { Alert, Box, Typography } from '@mui/material';
import { mayInWords } from '#domain/rule-words.ts';
import { REFUSALS } from '#domain/refusals.ts';
import { listedWith, WHEN_IN_WORDS } from '#domain/telling-words.ts';
import { Section } from '../frame/section.tsx';
import type { Simulation } from '../records.ts';
import { useSay } from '../say.ts';
import { Moment } from '../time/moment.tsx';
import { SimulatedStages } from './simulated-stages.tsx';

type Found = Extract<Simulation, { found: true }>;

/** What would happen: which rule and why, the ways in, who could approve and until when, and what the password has to satisfy. */
export function Simulated({ found }: { found: Found }) {
  const say = useSay();
  const { name, accountName, isProtected, served, networks, at, rule, state, ways } = found;
  return (
    <Box sx={{ display: 'grid', gap: 3 }}>
      <Box>
        <Typography variant="h2">
          {name} ({accountName})
        </Typography>
        <Typography color="textSecondary">
          {say(isProtected ? 'policies.simulated.protected' : 'policies.simulated.unprotected')},{' '}
          {networks.length > 0 ? say('policies.simulated.from', { networks: networks.join(', ') }) : say('policies.simulated.fromNowhere')},{' '}
          <Moment at={at} />
        </Typography>
        {!served && <Alert severity="warning">{say('policies.simulated.notServed')}</Alert>}
        {state && <Alert severity="warning">{say('policies.simulated.ends', { words: REFUSALS[state].words })}</Alert>}
      </Box>
      {served && (
        <Section title={rule === null ? say('policies.simulated.noRule') : say('policies.simulated.rule', { rule })}>
          <Box component="ol" sx={{ m: 0, pl: 2.5 }}>
            {found.rules.map((one) => (
              <li key={one.id}>
                <strong>{one.id}</strong>: {say(`policies.simulated.fits.${one.answer}`)}
                {one.missing.length > 0 && ` ${say('policies.simulated.missing', { groups: one.missing.join(', ') })}`}
                <Box component="ul" sx={{ listStyle: 'none', p: 0, mb: 1 }}>
                  {one.conditions.length === 0 && <li>{say('policies.simulated.always')}</li>}
                  {one.conditions.map(({ words, answer }) => (
                    <li key={words}>
                      {say(`policies.simulated.answers.${answer}`)} {words}
                    </li>
                  ))}
                </Box>
              </li>
            ))}
          </Box>
          {rule !== null && <Typography>{mayInWords(found.may)}</Typography>}
        </Section>
      )}
      {ways.length > 0 && (
        <Section title={say('policies.simulated.ways')}>
          <Box component="ul" sx={{ m: 0, pl: 2.5 }}>
            {ways.map(({ name: way, lacks, alone }) => (
              <li key={way}>
                {way}: {standing(say, lacks, alone)}
              </li>
            ))}
          </Box>
        </Section>
      )}
      {rule !== null && !state && <SimulatedStages found={found} />}
      {found.replacement && (
        <Section title={say('policies.simulated.replacement')}>
          <Typography>{found.replacement.words}</Typography>
          <Box component="ul" sx={{ m: 0, pl: 2.5 }}>
            {found.replacement.stages.map(({ label, people }) => (
              <li key={label}>
                {label}:{' '}
                {people.flatMap(({ name: who, why }) => (why === null ? [who] : [])).join(', ') || say('policies.simulated.replacementBy')}
              </li>
            ))}
          </Box>
          {!found.replacement.feasible && <Alert severity="warning">{say('policies.simulated.replacementNobody')}</Alert>}
        </Section>
      )}
      {found.firstFactor !== null && (
        <Section title={say('policies.simulated.firstFactor')}>
          <Typography>{say('policies.simulated.firstFactorBy', { name: found.firstFactor })}</Typography>
        </Section>
      )}
      {found.telling.length > 0 && (
        <Section title={say('policies.simulated.telling')}>
          <Box component="ul" sx={{ m: 0, pl: 2.5 }}>
            {found.telling.map(({ when, whom, people }) => (
              <li key={when}>
                {WHEN_IN_WORDS[when]}: {listedWith('and', whom)}
                {people.length > 0 && ` (${people.join(', ')})`}
              </li>
            ))}
          </Box>
        </Section>
      )}
      {found.password && (
        <Section title={say('policies.simulated.password')}>
          <Typography>
            {say('policies.simulated.length', {
              length: Math.max(found.password.demands.minLength, found.password.directory.minLength),
            })}{' '}
            {say(found.password.directory.complexity ? 'policies.simulated.complex' : 'policies.simulated.simple')}{' '}
            {say('policies.simulated.history', { history: found.password.directory.historyLength })}{' '}
            {found.password.demands.siteWords.length > 0 &&
              say('policies.simulated.words', { words: found.password.demands.siteWords.join(', ') })}
          </Typography>
        </Section>
      )}
    </Box>
  );
}

function standing(say: ReturnType<typeof useSay>, lacks: readonly string[], alone: boolean): string {
  if (lacks.length > 0) return say('policies.simulated.lacks', { lacks: lacks.join(', ') });
  return say(alone ? 'policies.simulated.alone' : 'policies.simulated.withHelp');
}
